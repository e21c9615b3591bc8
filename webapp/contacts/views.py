"""Pages and writes of this feature."""

from flask import Blueprint, render_template

from webapp.web.access import public

bp = Blueprint("contacts", __name__)
