"""What follows what, across features: the only upward wiring.

One outbox row per handler and recipient, safe to repeat.
"""

from webapp.accounts import mails as account_mails
from webapp.badges import jobs as badge_jobs
from webapp.core.outbox import Chores, Reactions

REACTIONS: Reactions = {
    "code.asked": [account_mails.mail_code],
    "document.asked": [badge_jobs.make_document],
}

CHORES: Chores = [badge_jobs.remove_expired]
"""Once a minute, in whichever process comes first; each is safe to repeat."""
