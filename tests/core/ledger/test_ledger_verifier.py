"""SEC-16: whatever is done to a ledger, the verifier names the record."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from small_ledger import HUB, STRANGER, TRUSTED, Item, Key, body, chain, checked, ledger

from console.core.ledger.audit import Verifier, field_fault
from console.core.ledger.chain import GENESIS, Link, Point, canonical, link_hash
from console.core.ledger.faults import LedgerFault
from console.core.ledger.heads import (
    Head,
    KeyEntry,
    Seal,
    fingerprint,
    hand_over_bytes,
    head_digest,
    seal_bytes,
    trusted_keys,
)

replace = msgspec.structs.replace
COUNT = 40
SEQUENCES = st.integers(1, COUNT)


def _at(items: list[Item], sequence: int) -> int:
    return next(i for i, item in enumerate(items) if isinstance(item, Link) and item.sequence == sequence)


def _flipped(data: bytes, bit: int) -> bytes:
    whole = bytearray(data)
    whole[bit // 8 % len(whole)] ^= 1 << bit % 8
    return bytes(whole)


def _rehashed(items: list[Item], index: int) -> None:
    """Hash everything from `index` on anew, as a forger without the key would."""
    first = items[index]
    assert isinstance(first, Link)
    before = next((i.hash for i in reversed(items[:index]) if isinstance(i, Link)), GENESIS)
    for place in range(index, len(items)):
        link = items[place]
        if isinstance(link, Link):
            before = link_hash(before, link)
            items[place] = replace(link, hash=before)


def test_a_whole_ledger_has_no_fault_and_says_how_far_it_is_signed() -> None:
    """SEC-16."""
    verifier = Verifier(TRUSTED)
    assert checked(ledger(COUNT + 3), verifier) == []
    assert (verifier.records, verifier.heads) == (COUNT + 3, 4)
    assert (verifier.signed_to, verifier.signed_at, verifier.position) == (COUNT, 1004, COUNT + 3)


@settings(max_examples=300)
@given(
    sequence=SEQUENCES,
    part=st.sampled_from(["body", "key", "part", "hash", "sequence", "state"]),
    bit=st.integers(0, 8 * 400),
)
def test_one_flipped_bit_of_any_field_is_named_with_its_record(sequence: int, part: str, bit: int) -> None:
    """SEC-16: flip any byte."""
    items = ledger(COUNT)
    place = _at(items, sequence)
    link = items[place]
    assert isinstance(link, Link)
    if part in ("key", "part"):
        text = getattr(link, part)
        at = bit % len(text)
        changed = replace(link, **{part: text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]})
    elif part == "sequence":
        changed = replace(link, sequence=link.sequence ^ (1 << bit % 20))
    else:
        # One that leaves nothing is given something to leave.
        changed = replace(link, **{part: _flipped(getattr(link, part) or b"\0", bit)})
    items[place] = changed
    found = checked(items)
    assert found
    assert sequence in {finding.at for finding in found} | {finding.since for finding in found}
    if part != "sequence":
        assert found[0].fault in (LedgerFault.RECORD_CHANGED, LedgerFault.HEAD_DIFFERS)
        assert {finding.at for finding in found} == {sequence}


@given(sequence=st.integers(1, COUNT))
def test_a_dropped_record_is_named(sequence: int) -> None:
    """SEC-16: drop; the last one is missed because a signature reaches it."""
    items = ledger(COUNT)
    del items[_at(items, sequence)]
    found = checked(items)
    wanted = LedgerFault.TRUNCATED if sequence == COUNT else LedgerFault.RECORD_MISSING
    assert [(f.fault, f.at) for f in found] == [(wanted, sequence)]


@given(first=st.integers(1, COUNT - 2), count=st.integers(1, 10))
def test_dropped_records_that_are_renumbered_are_named_at_the_first_that_stands_wrong(
    first: int, count: int
) -> None:
    """SEC-16: drop and close the gap."""
    count = min(count, COUNT - first)
    links = [item for item in ledger(COUNT) if isinstance(item, Link)]
    left = links[: first - 1] + links[first - 1 + count :]
    renumbered = [replace(link, sequence=n) for n, link in enumerate(left, 1)]
    heads = [item for item in ledger(COUNT) if isinstance(item, Head)]
    items: list[Item] = [*renumbered, *heads]
    found = checked(sorted(items, key=lambda item: (item.sequence, isinstance(item, Head))))
    assert found[0].at == first
    assert found[0].fault is LedgerFault.RECORD_CHANGED


@given(one=SEQUENCES, other=SEQUENCES)
def test_two_records_that_changed_places_are_named(one: int, other: int) -> None:
    """SEC-16: reorder."""
    items = ledger(COUNT)
    first, second = sorted((one, other))
    a, b = _at(items, first), _at(items, second)
    items[a], items[b] = items[b], items[a]
    found = checked(items)
    if first == second:
        assert found == []
        return
    assert {f.fault for f in found} == {LedgerFault.RECORD_MOVED}
    # Three in reverse order may be told in two ways; the places are the same.
    assert min(f.since for f in found) == first
    assert max(f.at for f in found) == second
    assert len(found) <= 2


@given(one=st.integers(1, COUNT - 1), gap=st.integers(1, 20))
def test_two_records_that_exchanged_their_contents_are_both_named(one: int, gap: int) -> None:
    """SEC-16: swap under the same numbers and hashes."""
    items = ledger(COUNT)
    a, b = _at(items, one), _at(items, min(one + gap, COUNT))
    first, second = items[a], items[b]
    assert isinstance(first, Link)
    assert isinstance(second, Link)
    items[a] = replace(first, key=second.key, body=second.body)
    items[b] = replace(second, key=first.key, body=first.body)
    found = checked(items)
    assert [(f.fault, f.at) for f in found] == [
        (LedgerFault.RECORD_CHANGED, first.sequence),
        (LedgerFault.RECORD_CHANGED, second.sequence),
    ]


@given(sequence=SEQUENCES)
def test_an_inserted_record_is_named(sequence: int) -> None:
    """SEC-16: insert under a number that is there."""
    items = ledger(COUNT)
    place = _at(items, sequence)
    link = items[place]
    assert isinstance(link, Link)
    items.insert(place + 1, replace(link, body=body(sequence, "FORGED")))
    assert [(f.fault, f.at) for f in checked(items)] == [(LedgerFault.RECORD_INSERTED, sequence)]


@given(kept=st.integers(1, COUNT - 1))
def test_a_ledger_cut_short_is_named_where_it_ends(kept: int) -> None:
    """SEC-16: truncate; the signatures that were left reach further than the records."""
    items: list[Item] = [item for item in ledger(COUNT) if isinstance(item, Head) or item.sequence <= kept]
    found = checked(items)
    assert [(f.fault, f.at, f.until) for f in found] == [(LedgerFault.TRUNCATED, kept + 1, COUNT)]


@given(kept=st.integers(0, COUNT - 1))
def test_a_ledger_cut_short_with_its_signatures_is_betrayed_by_its_witness(kept: int) -> None:
    """SEC-16: the head that was taken outside reaches further."""
    whole = ledger(COUNT)
    witness = whole[-1]
    assert isinstance(witness, Head)
    verifier = Verifier(TRUSTED)
    verifier.expect(witness)
    verifier.expect_digest(head_digest(witness))
    found = checked([item for item in whole if item.sequence <= kept], verifier)
    assert (LedgerFault.TRUNCATED, kept + 1, COUNT) in [(f.fault, f.at, f.until) for f in found]
    assert LedgerFault.ANCHOR_DIFFERS in {f.fault for f in found}


@given(sequence=SEQUENCES)
def test_a_record_that_is_rewritten_with_all_hashes_after_it_fails_at_the_next_signature(
    sequence: int,
) -> None:
    """SEC-16: a forger without the key; the span between two signatures is named."""
    items = ledger(COUNT)
    place = _at(items, sequence)
    link = items[place]
    assert isinstance(link, Link)
    items[place] = replace(link, body=body(sequence, "FORGED"))
    _rehashed(items, place)
    first = checked(items)[0]
    assert first.fault is LedgerFault.HEAD_DIFFERS
    assert first.since <= sequence <= first.at
    assert first.at - first.since < 10


def test_a_ledger_rewritten_and_signed_with_another_key_is_not_believed() -> None:
    """SEC-16: wrong key."""
    found = checked(ledger(COUNT, key=STRANGER))
    assert {f.fault for f in found} == {LedgerFault.WRONG_KEY}
    assert [f.at for f in found] == [10, 20, 30, 40]


@given(index=st.integers(0, 3), bit=st.integers(0, 511))
def test_a_bad_signature_is_named(index: int, bit: int) -> None:
    """SEC-16."""
    items = ledger(COUNT)
    places = [i for i, item in enumerate(items) if isinstance(item, Head)]
    head = items[places[index]]
    assert isinstance(head, Head)
    items[places[index]] = replace(head, signature=_flipped(head.signature, bit))
    assert [(f.fault, f.at) for f in checked(items)] == [(LedgerFault.BAD_SIGNATURE, head.sequence)]


def test_signatures_that_are_missing_or_out_of_order_are_named() -> None:
    """SEC-16."""
    items = ledger(COUNT)
    heads = [i for i, item in enumerate(items) if isinstance(item, Head)]
    without = [item for i, item in enumerate(items) if i != heads[1]]
    assert [(f.fault, f.at) for f in checked(without)] == [(LedgerFault.HEAD_MISSING, 30)]
    swapped = list(items)
    swapped[heads[1]], swapped[heads[2]] = items[heads[2]], items[heads[1]]
    assert LedgerFault.HEAD_ORDER in {f.fault for f in checked(swapped)}
    bare: list[Item] = [item for item in items if isinstance(item, Link)]
    assert [(f.fault, f.at) for f in checked(bare)] == [(LedgerFault.NOT_SIGNED, COUNT)]
    beginning: list[Item] = [item for i, item in enumerate(items) if i != heads[0]]
    assert [(f.fault, f.at) for f in checked(beginning)] == [(LedgerFault.HEAD_MISSING, 20)]


def test_a_witness_of_another_chain_is_named() -> None:
    """SEC-16."""
    other = chain(20, make=lambda n: body(n, "OTHER"))[-1]
    verifier = Verifier(TRUSTED)
    verifier.expect(HUB.head(2, other))
    assert [(f.fault, f.at) for f in checked(ledger(COUNT), verifier)] == [(LedgerFault.ANCHOR_DIFFERS, 20)]
    liar = Verifier(TRUSTED)
    liar.expect(STRANGER.head(2, other))
    assert LedgerFault.WRONG_KEY in {f.fault for f in checked(ledger(COUNT), liar)}


def test_a_slice_is_checked_from_the_hash_before_it() -> None:
    """SEC-16: an export of some days."""
    whole = ledger(COUNT)
    before = next(i for i in whole if isinstance(i, Link) and i.sequence == 14)
    part = [item for item in whole if item.sequence > 14]
    assert checked(part, Verifier(TRUSTED, Point(14, before.hash), whole=False)) == []
    wrong = checked(part, Verifier(TRUSTED, Point(14, bytes(32)), whole=False))
    assert [(f.fault, f.at) for f in wrong] == [(LedgerFault.RECORD_CHANGED, 15)]


def test_the_seal_of_an_export_says_where_it_ends() -> None:
    """SEC-16: truncated export."""
    links = chain(5)
    seal = Seal(1, 5, 9, GENESIS, links[-1].hash, fingerprint(HUB.public))
    signed = replace(seal, signature=HUB.private.sign(seal_bytes(seal)))

    def found(some: list[Link], end: Seal) -> list[tuple[str, int]]:
        verifier = Verifier(TRUSTED)
        for link in some:
            verifier.record(link)
        verifier.seal(end)
        return [(f.fault, f.at) for f in verifier.finish()]

    assert found(links, signed) == []
    assert (LedgerFault.TRUNCATED, 4) in found(links[:3], signed)
    assert (LedgerFault.BAD_SIGNATURE, 5) in found(links, replace(signed, at=10))
    assert (LedgerFault.WRONG_KEY, 5) in found(links, replace(signed, key=b"x" * 32))
    assert (LedgerFault.NOT_SIGNED, 5) in found(links, seal)
    forged = chain(5, make=lambda n: body(n, "OTHER"))
    assert (LedgerFault.HEAD_DIFFERS, 5) in found(forged, signed)


def _entry(old: Key, new: Key, since: int, signer: Key | None = None) -> KeyEntry:
    message = hand_over_bytes(old.public, new.public, since)
    return KeyEntry(new.public, since, (signer or old).private.sign(message), new.private.sign(message))


def test_trust_passes_along_signed_hand_overs_only() -> None:
    """SEC-16: rotation of keys."""
    first = KeyEntry(HUB.public, 1)
    second = _entry(HUB, STRANGER, 50)
    keys, findings = trusted_keys([first, second])
    assert set(keys.values()) == {HUB.public, STRANGER.public}
    assert findings == []
    assert set(trusted_keys([first, second], [STRANGER.public])[0].values()) == {HUB.public, STRANGER.public}
    unsigned = KeyEntry(STRANGER.public, 50)
    forged = _entry(HUB, STRANGER, 50, signer=STRANGER)
    for entry in (unsigned, forged, replace(second, since=51)):
        keys, findings = trusted_keys([first, entry])
        assert set(keys.values()) == {HUB.public}
        assert [(f.fault, f.at) for f in findings] == [(LedgerFault.KEY_CHANGED, entry.since)]
    # The auditor who holds both keys from elsewhere needs no hand-over.
    keys, findings = trusted_keys([first, unsigned], [HUB.public, STRANGER.public])
    assert set(keys.values()) == {HUB.public, STRANGER.public}
    assert findings == []
    other = Key(Ed25519PrivateKey.from_private_bytes(b"o" * 32))
    assert set(trusted_keys([first], [other.public])[0].values()) == {other.public}


@given(
    st.tuples(st.integers(1, 2**40), st.text(max_size=5), st.text(max_size=5), st.binary(max_size=5)),
    st.tuples(st.integers(1, 2**40), st.text(max_size=5), st.text(max_size=5), st.binary(max_size=5)),
)
def test_no_two_records_have_the_same_bytes(
    one: tuple[int, str, str, bytes], other: tuple[int, str, str, bytes]
) -> None:
    """SEC-16: lengths stand before what they measure."""
    assert (canonical(*one) == canonical(*other)) == (one == other)


def test_columns_must_say_what_the_bytes_say() -> None:
    """SEC-16: what a record is found by cannot be changed beside it."""
    (link,) = chain(1)
    good = ("pump-1.high", 1, "act", "kim")
    assert field_fault(link, good) is None
    for wrong in (("x", 1, "act", "kim"), ("pump-1.high", 2, "act", "kim"), ("pump-1.high", 1, "act", "lee")):
        finding = field_fault(link, wrong)
        assert finding is not None
        assert (finding.fault, finding.at) == (LedgerFault.FIELDS_DIFFER, 1)
    broken = field_fault(replace(link, body=b"\xc1"), good)
    assert broken is not None
    assert broken.fault is LedgerFault.UNREADABLE


def test_what_is_found_is_bounded() -> None:
    verifier = Verifier(TRUSTED)
    for link in chain(1500):
        verifier.record(replace(link, hash=bytes(32)))
    assert len(verifier.findings) == 1000
    assert verifier.total == 1500


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_damaged_place_is_one_finding_and_the_rest_is_still_checked(sequence: int) -> None:
    items = ledger(COUNT)
    for one in (sequence, 30):
        place = _at(items, one)
        link = items[place]
        assert isinstance(link, Link)
        items[place] = replace(link, body=body(one, "FORGED"))
    assert [(f.fault, f.at) for f in checked(items)] == [
        (LedgerFault.RECORD_CHANGED, sequence),
        (LedgerFault.RECORD_CHANGED, 30),
    ]
