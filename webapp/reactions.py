"""What follows what, across features: the only upward wiring.

One outbox row per handler and recipient, safe to repeat.
"""

from webapp.accounts import mails as account_mails
from webapp.badges import jobs as badge_jobs
from webapp.chains import jobs as chain_jobs
from webapp.checkin import jobs as checkin_jobs
from webapp.checkin import ties as checkin_ties
from webapp.core.outbox import Chores, Reactions
from webapp.events import jobs as event_jobs
from webapp.events import mails as event_mails
from webapp.events import staging
from webapp.events.considering import Before
from webapp.events.taking_back import Ties
from webapp.followups import jobs as followup_jobs
from webapp.followups import mails as followup_mails
from webapp.followups import pushes as followup_pushes
from webapp.followups import weekly as followup_weekly
from webapp.followups import weekly_mails as followup_weeks
from webapp.intentions.load import think_of_evenings
from webapp.introductions import jobs as introduction_jobs
from webapp.introductions import mails as introduction_mails
from webapp.mydata import jobs as mydata_jobs
from webapp.mydata import mails as mydata_mails
from webapp.relay import mails as relay_mails
from webapp.swaps import ties as swap_ties
from webapp.sync import replaying

REACTIONS: Reactions = {
    "account.unused": [mydata_mails.mail_unused],
    "address.changed": [account_mails.mail_old_address, account_mails.mail_new_address],
    "code.asked": [account_mails.mail_code],
    "document.asked": [badge_jobs.make_document],
    "introduction.asked": [introduction_mails.mail_question],
    "introduction.made": [introduction_mails.mail_both],
    "invitation.asked": [event_mails.mail_invitation],
    "invitation.rehearsed": [event_mails.mail_rehearsal],
    "morning.came": [followup_mails.mail_morning],
    "morning.told": [followup_pushes.push_morning],
    "note.written": [relay_mails.mail_note],
    "person.joined": [account_mails.mail_joined],
    "week.came": [followup_weeks.mail_week],
    "person.signed_in": [event_jobs.claim_places_of],
    "place.claimed": [checkin_jobs.arrive_by_claim_job],
    "place.moved": [mydata_jobs.join_left_behind],
}

CHORES: Chores = [
    badge_jobs.remove_expired,
    staging.remove_expired,
    mydata_jobs.forget_what_is_due,
    mydata_jobs.let_the_unused_go,
    followup_jobs.put_morning_mails,
    replaying.replay_what_is_known_now,
    followup_weekly.put_weekly_mails,
    chain_jobs.ask_what_is_due,
    introduction_jobs.ask_for_others,
]
"""Once a minute, in whichever process comes first; each is safe to repeat."""

TIES: Ties = {"came": checkin_ties.who_came, "met": swap_ties.who_met}
"""What binds guests to an event, so that undoing an import leaves them on the list; asked with the event's id."""

BEFORE: Before = [think_of_evenings]
"""What somebody is told before they take one more place, if they asked to be told."""
