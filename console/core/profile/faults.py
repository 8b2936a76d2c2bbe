"""Names of what may be wrong with a site profile; its words are `profile.fault.<name>`."""

from __future__ import annotations

from enum import StrEnum

from console.core.errors import ProfileError


class ProfileFault(StrEnum):
    """Closed list of faults."""

    NOT_TOML = "not_toml"
    NOT_CSV = "not_csv"
    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    NO_FILE = "no_file"
    NO_TYPES = "no_types"
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_WORD = "unknown_word"
    BAD_ID = "bad_id"
    BAD_CHARACTER = "bad_character"
    EMPTY_TEXT = "empty_text"
    NOT_FINITE = "not_finite"
    TWICE = "twice"
    OUT_OF_RANGE = "out_of_range"
    RANGE_UPSIDE_DOWN = "range_upside_down"
    BAD_EXTENT = "bad_extent"
    OUTSIDE_EXTENT = "outside_extent"
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    FILE_NAME = "file_name"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_ASSET = "unknown_asset"
    UNKNOWN_TAG = "unknown_tag"
    UNKNOWN_COMMAND = "unknown_command"
    UNKNOWN_ADAPTER = "unknown_adapter"
    ADAPTER_OPTION = "adapter_option"
    PARENT_CYCLE = "parent_cycle"
    RELATED_TO_ITSELF = "related_to_itself"
    NO_STATES = "no_states"
    NO_SUCH_STATE = "no_such_state"
    LIMIT_OUTSIDE_RANGE = "limit_outside_range"
    VALUE_OR_PARAMETER = "value_or_parameter"
    HAZARD_MISSING = "hazard_missing"
    ASSET_NOT_IN_SOURCE = "asset_not_in_source"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    CELLS = "cells"
    NOT_A_NUMBER = "not_a_number"
    LEVEL_ORDER = "level_order"
    FIELD_NEEDED = "field_needed"
    FIELD_UNUSED = "field_unused"
    NOT_A_DAY = "not_a_day"
    NOT_A_CLOCK = "not_a_clock"
    MATCHES_ALL = "matches_all"
    MATCHES_NONE = "matches_none"
    INHIBITS_ITSELF = "inhibits_itself"
    NO_OTHER_TAG = "no_other_tag"
    EXPRESSION_EMPTY = "expression_empty"
    EXPRESSION_TOO_LONG = "expression_too_long"
    EXPRESSION_TOO_LARGE = "expression_too_large"
    EXPRESSION_TOO_DEEP = "expression_too_deep"
    EXPRESSION_SYNTAX = "expression_syntax"
    EXPRESSION_NOT_ALLOWED = "expression_not_allowed"
    EXPRESSION_NOT_FINITE = "expression_not_finite"
    EXPRESSION_NOT_A_CONDITION = "expression_not_a_condition"
    EXPRESSION_NOT_A_NUMBER = "expression_not_a_number"
    EXPRESSION_NO_TAG = "expression_no_tag"
    EXPRESSION_UNKNOWN_ASSET = "expression_unknown_asset"
    EXPRESSION_UNKNOWN_TAG = "expression_unknown_tag"
    EXPRESSION_NO_OWN_ASSET = "expression_no_own_asset"
    EMERGENCY_INTERLOCKED = "emergency_interlocked"
    HAZARD_VALUE = "hazard_value"
    STEP_NEEDS = "step_needs"
    STEP_UNUSED = "step_unused"
    BAD_ISSUER = "bad_issuer"
    PRIORITY_MATRIX = "priority_matrix"
    ONE_WAY_OUT = "one_way_out"
    UNSAFE_URL = "unsafe_url"
    NOT_AN_ADDRESS = "not_an_address"
    EMPTY_LIST = "empty_list"
    ZONE_NO_AREA = "zone_no_area"


class Faults:
    """Collects faults; reading goes on after each."""

    def __init__(self) -> None:
        self._found: list[ProfileError] = []

    def add(self, file: str, line: int, reason: ProfileFault, **fields: str) -> None:
        """One more fault at `line` (1-based, 0 for the file as a whole)."""
        self._found.append(ProfileError(file, line, reason, **fields))

    def sorted(self) -> list[ProfileError]:
        """All faults by file and line."""
        return sorted(self._found, key=lambda fault: (fault.file, fault.line))
