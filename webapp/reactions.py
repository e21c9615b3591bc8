"""What follows what, across features: the only upward wiring. One outbox row per handler and recipient, safe to repeat."""

from webapp.accounts import mails as account_mails
from webapp.core.outbox import Reactions

REACTIONS: Reactions = {
    "code.asked": [account_mails.mail_code],
}
