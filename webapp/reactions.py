"""What follows what, across features: the only upward wiring.

One outbox row per handler and recipient, safe to repeat.
"""

from webapp.accounts import mails as account_mails
from webapp.badges import jobs as badge_jobs
from webapp.checkin import jobs as checkin_jobs
from webapp.core.outbox import Chores, Reactions
from webapp.events import mails as event_mails

REACTIONS: Reactions = {
    "code.asked": [account_mails.mail_code],
    "document.asked": [badge_jobs.make_document],
    "invitation.asked": [event_mails.mail_invitation],
    "invitation.rehearsed": [event_mails.mail_rehearsal],
    "place.claimed": [checkin_jobs.arrive_by_claim_job],
}

CHORES: Chores = [badge_jobs.remove_expired]
"""Once a minute, in whichever process comes first; each is safe to repeat."""
