"""What becomes of an act; light to import, for views name it before the first paint."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.wire.messages import ActResult

NO_ANSWER = "NO_ANSWER"
"""The hub has not said what became of the act: it may have been done."""
LINK_LOST = "LINK_LOST"
"""Nothing was sent, for the link is not live."""


class ActKind(StrEnum):
    """What a person did."""

    ACK = "ack"
    RESET = "reset"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    EDIT_SHELF = "edit_shelf"
    REDEFINE = "redefine"
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"
    START_MAINTENANCE = "start_maintenance"
    END_MAINTENANCE = "end_maintenance"
    COMMAND = "command"
    RESOLVE = "resolve"
    EXECUTE = "execute"
    CANCEL = "cancel"
    DECIDE = "decide"
    GROUP = "group"
    EXECUTE_GROUP = "execute_group"
    PLACE_TAG = "place_tag"
    REMOVE_TAG = "remove_tag"
    TAKE_AREA = "take_area"
    RELEASE_AREA = "release_area"
    ANSWER_TAKEOVER = "answer_takeover"
    FORCE_AREA = "force_area"
    START_PROCEDURE = "start_procedure"
    ACT_ON_RUN = "act_on_run"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    LOCK = "lock"
    UNLOCK = "unlock"
    STEP_UP = "step_up"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - name of an act
    DIRECTORY = "directory"
    FIRST_ACCOUNT = "first_account"
    ACCOUNTS = "accounts"
    PUT_ACCOUNT = "put_account"
    REMOVE_ACCOUNT = "remove_account"
    REVOKE = "revoke"
    DRAFT_HANDOVER = "draft_handover"
    ACT_ON_HANDOVER = "act_on_handover"
    ACCEPT_ITEMS = "accept_items"
    SIGN_HANDOVER = "sign_handover"
    LOG_WRITE = "log_write"
    LOG_READ = "log_read"
    LOG_CLOSE = "log_close"


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """What became of an act, with one result for each of its parts."""

    request: str
    kind: ActKind
    results: tuple[ActResult, ...]

    @property
    def done(self) -> bool:
        """Whether every part was done."""
        return all(not result.reason for result in self.results)
