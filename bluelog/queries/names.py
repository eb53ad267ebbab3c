"""Accounts as pages name them."""

from typing import NamedTuple

from bluelog.models.user import display_name


class Name(NamedTuple):
    """Somebody's name, where it leads, and whether it is a writer's."""

    id: int
    name: str
    username: str | None
    website: str = ""
    may_write: bool = False

    @property
    def display_name(self) -> str:
        return display_name(self.name, self.username)
