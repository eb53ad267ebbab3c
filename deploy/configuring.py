"""`deploy/configure`: the server's files as this release ships them, for deploy/upgrade to call."""

from deploy import web_server
from deploy.choices import Choices, kept_choices, site_of
from deploy.hand import Failed, Hand, tell_failure
from deploy.managers import MANAGERS


def main() -> int:
    """The command."""
    hand = Hand()
    choices = Choices(**kept_choices())
    site = site_of(choices)
    try:
        try:
            web_server.configure(hand, site)
        finally:  # a file of nginx's, perhaps a stranger's, is no reason to start by other units
            MANAGERS[choices.process_manager]().configure(hand, site)
    except (Failed, OSError) as error:
        return tell_failure(error)
    return 0
