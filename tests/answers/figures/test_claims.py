"""What several sources say of one quantity: agreement, disagreement, update, sum; the language is news, the events invented."""

from __future__ import annotations

from datetime import date

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.assemble import Assembly
from service.answers.figures.claims import as_claims, stated_only
from service.answers.figures.matching import other_reading, positions
from service.answers.likeness import Likeness
from service.answers.question import read_question
from tests.answers.asked import ASKED, Told, Value, claims, mentions, values


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


def march(day: int) -> date:
    return date(2026, 3, day)


def spread(*texts: str) -> set[Value]:
    return {Value(text) for text in texts}


AGREE: dict[str, tuple[str, tuple[Told | str, ...], set[Value]]] = {
    "the same number by two words for about": (
        "how many workers went on strike?",
        ("About 1,200 workers went on strike, the union said.",
         "Roughly 1,200 workers went on strike on Monday, the company said."), {Value("About 1,200", origins=2)}),
    "a bound and a number within it": (
        "how many houses were destroyed?",
        ("Up to 500 houses were destroyed by the fire, the governor said.",
         "The fire destroyed 480 houses, insurers said."), spread("Up to 500", "480")),
    "up to 12,000 and 11,000": (
        "how many soldiers were sent?",
        ("Up to 12,000 soldiers were sent, officials said.", "Varnia sent 11,000 soldiers, according to the envoy."),
        spread("Up to 12,000", "11,000")),
    "two lower bounds": (
        "how many whales were stranded?",
        ("More than 60 whales were stranded on the beach.", "At least 70 whales were stranded on the beach, rangers said."),
        spread("More than 60", "At least 70")),
    "a round number and a finer one within its reach": (
        "how many people were displaced?",
        ("The dam's collapse displaced some 15,000 people.",
         "About 15,200 people were displaced by the collapse of the dam, the agency said."),
        spread("some 15,000", "About 15,200")),
    "two years": (
        "how many forest fires were recorded?",
        ("In 2023, 400 forest fires were recorded in the region.", "In 2024, 700 forest fires were recorded in the region."),
        spread("400", "700")),
    "two days of one week": (
        "how many flights were cancelled?",
        (Told("Some 400 flights were cancelled on Monday.", march(4)),
         Told("Some 600 flights were cancelled on Tuesday.", march(4))), spread("Some 400", "Some 600")),
    "another thing, counted in the same place": (
        "how many troops were sent?",
        ("Varnia sent 11,000 troops to the border.", "Some 12,000 refugees crossed the border from Varnia."),
        spread("11,000")),
}


@pytest.mark.parametrize("case", AGREE)
async def test_claims_that_can_all_be_true_are_no_dispute(likeness: Likeness, case: str) -> None:
    question, articles, expected = AGREE[case]
    at_odds, found = await claims(question, likeness, *articles)
    assert (at_odds, values(found)) == (False, expected)


DIFFER: dict[str, tuple[str, tuple[Told | str, ...], set[Value]]] = {
    "what is planned and what is foretold, of what is to come": (
        "how many branches will be closed?",
        ("The bank plans to close 38 branches, the union said.", "About 60 branches will be closed, the bank said."),
        spread("38", "About 60")),
    "a count of those aboard by the ship's name": (
        "how many people were on the ferry?",
        ("About 410 people were on the ferry that sank off Osmer, the coastguard said.",
         "The ferry Marit sank off Osmer on Sunday. Some 340 people were aboard the Marit, according to the line."),
        spread("About 410", "Some 340")),
    "some 11,000 and about 12,000": (
        "how many soldiers were sent?",
        ("Varnia sent some 11,000 soldiers to the front, lawmakers were told.",
         "Varnia has sent about 12,000 soldiers to the front, officials say."), spread("some 11,000", "about 12,000")),
    "3,000 and about 4,000": (
        "how many soldiers were killed?",
        ("Some 3,000 soldiers were killed near Lorne, the ministry said.",
         "About 4,000 soldiers were killed near Lorne, according to the opposition."), spread("Some 3,000", "About 4,000")),
    "money": (
        "how much did the bridge cost?",
        ("The bridge cost 40 million euros, the city said.", "Auditors found that the bridge cost 55 million euros."),
        spread("40 million euros", "55 million euros")),
    "shares": (
        "what share of voters backed the plan?",
        ("Some 62 per cent of voters backed the plan, one poll found.",
         "Only 55 per cent of voters backed the plan, a poll for the daily found."),
        spread("Some 62 per cent", "55 per cent")),
    "spans of time": (
        "how many days did the strike last?",
        ("The strike lasted 12 days.", "The strike lasted nine days, the port said."), spread("12", "nine")),
    "bounds that exclude each other": (
        "how many whales were stranded?",
        ("At least 60 whales were stranded on the beach at Lorne.",
         "Fewer than 40 whales were stranded on the beach at Lorne, rangers said."), spread("At least 60", "Fewer than 40")),
    "two verbs for one thing": (
        "how many passengers were aboard the ferry?",
        ("Some 380 passengers were aboard the ferry Selma.",
         "The ferry Selma carried 410 passengers, the harbour police said."), spread("Some 380", "410")),
    "two speakers on one day": (
        "how many people were killed?",
        (Told("Four people were killed in the Lorne quake, police said.", march(2)),
         Told("Nine people were killed in the Lorne quake, a hospital doctor said.", march(2))), spread("Four", "Nine")),
    "a rival's word a day later is no revision": (
        "how many people were killed?",
        (Told("Four people were killed in the Lorne riot, police said.", march(2)),
         Told("Nine people were killed in the Lorne riot, the opposition said.", march(3))), spread("Four", "Nine")),
}


@pytest.mark.parametrize("case", DIFFER)
async def test_claims_about_one_thing_that_cannot_all_be_true_are_a_dispute(likeness: Likeness, case: str) -> None:
    question, articles, expected = DIFFER[case]
    at_odds, found = await claims(question, likeness, *articles)
    assert (at_odds, values(found)) == (True, expected)


UPDATES: dict[str, tuple[str, tuple[Told, Told], str, str]] = {
    "a toll that stood": (
        "how many people were killed?",
        (Told("The death toll of the Lorne quake stood at 12, the governor said.", march(2)),
         Told("The Lorne quake has killed 19 people, the governor said.", march(5))), "12", "19"),
    "a number that fell": (
        "how many people are missing?",
        (Told("Some 40 people are missing after the Lorne flood, rescuers said.", march(2)),
         Told("The number of people missing after the Lorne flood fell to 11, rescuers said.", march(4))), "Some 40", "11"),
    "the same speaker on a later day": (
        "how many houses were damaged?",
        (Told("The Lorne storm damaged 300 houses, the council said.", march(2)),
         Told("The Lorne storm damaged 410 houses, the council said.", march(6))), "300", "410"),
    "a count called revised": (
        "how many passengers were aboard?",
        (Told("Some 380 passengers were aboard the Selma, the line said.", march(2)),
         Told("The harbour police revised the number: 412 passengers were aboard the Selma.", march(3))), "Some 380", "412"),
}


@pytest.mark.parametrize("case", UPDATES)
async def test_a_later_revision_replaces_the_earlier_claim_and_is_no_dispute(likeness: Likeness, case: str) -> None:
    question, articles, old, new = UPDATES[case]
    at_odds, found = await claims(question, likeness, *articles)
    assert (at_odds, values(found)) == (False, {Value(old, superseded_by=new), Value(new)})


SUMS: dict[str, tuple[str, tuple[str, ...], bool, set[Value]]] = {
    "so many killed and so many wounded": (
        "how many soldiers were killed or wounded?",
        ("The brigade counted 300 killed and 2,700 wounded.",), False, {Value("3000–3000", derived=True)}),
    "a clause with its own verb": (
        "how many houses were destroyed or damaged?",
        ("The storm destroyed 40 houses and damaged 160, the council said.",), False, {Value("200–200", derived=True)}),
    "behind a verb of leaving": (
        "how many skiers were killed or injured?",
        ("An avalanche left 3 skiers killed and 12 injured, rescuers said.",), False, {Value("15–15", derived=True)}),
    "against a total that differs": (
        "how many soldiers were killed or wounded?",
        ("The brigade counted 300 killed and 2,700 wounded.",
         "About 4,000 soldiers were killed or wounded, officials said."), True,
        {Value("3000–3000", derived=True), Value("About 4,000")}),
    "against a total that agrees": (
        "how many miners were killed or injured?",
        ("Three miners were killed and 12 injured in the blast.", "About 15 miners were killed or injured, the firm said."),
        False, {Value("15–15", derived=True), Value("About 15")}),
    "one part alone is not a sum": (
        "how many miners were killed?", ("Three miners were killed and 12 injured in the blast.",), False, {Value("Three")}),
    "the other part alone": (
        "how many miners were injured?", ("Three miners were killed and 12 injured in the blast.",), False, {Value("12")}),
}


@pytest.mark.parametrize("case", SUMS)
async def test_parts_that_one_sentence_names_add_up(likeness: Likeness, case: str) -> None:
    question, articles, expected_at_odds, expected = SUMS[case]
    at_odds, found = await claims(question, likeness, *articles)
    assert (at_odds, values(found)) == (expected_at_odds, expected)


async def test_a_sum_keeps_the_bounds_of_its_parts(likeness: Likeness) -> None:
    _, (found,) = await claims("how many soldiers were killed or wounded?", likeness,
                               "At least 300 soldiers were killed and at least 2,700 wounded, the brigade said.")
    figure = found.figure
    assert (found.derived, figure.low, figure.high, figure.qualifier) == (True, 3000, None, "at_least")


async def test_of_an_update_only_what_a_text_gives_stays_and_still_points_at_what_replaced_it(likeness: Likeness) -> None:
    _, found = await claims(
        "how many houses were damaged?", likeness,
        Told("The Lorne storm damaged about 90 houses, a farmer said.", march(2)),
        Told("The Lorne storm damaged 300 houses, the council said.", march(2)),
        Told("The Lorne storm damaged 410 houses, the council said.", march(6)))
    both = stated_only(found, "It damaged 300 houses, then 410.")
    assert {(p.figure.low, None if p.superseded_by is None else both[p.superseded_by].figure.low) for p in both} == {
        (300, 410), (410, None)}
    assert [(p.figure.low, p.superseded_by) for p in stated_only(found, "It damaged 300 houses.")] == [(300, None)]


async def test_copies_of_one_text_count_as_one_origin_and_stay(likeness: Likeness) -> None:
    copy = "Police arrested 312 people at the march in Lorne."
    _, (found,) = await claims("how many people were arrested?", likeness, Told(copy, origin="org_a"),
                               Told(copy, origin="org_a"), Told(copy, origin="org_a"),
                               Told("Police in Lorne arrested 312 people.", origin="org_b"))
    assert (found.origins, len(found.mentions)) == (2, 4)


async def test_an_article_that_gives_a_number_twice_is_one_mention(likeness: Likeness) -> None:
    _, (found,) = await claims("how many people were arrested?", likeness,
                               "Police arrested 312 people in Lorne.\nThe 312 people arrested were held overnight.")
    assert (found.origins, len(found.mentions)) == (1, 1)


async def test_claims_leave_with_speaker_day_subject_and_only_what_is_cited(likeness: Likeness) -> None:
    _, found = await claims(
        "how many houses were damaged?", likeness,
        Told("The Lorne storm damaged 300 houses, the council said.", march(2)),
        Told("The Lorne storm damaged 410 houses, insurers said.", march(2)))
    quotes = {p.mentions[0].line.source.filename: p.mentions[0].line.quote for p in found}
    assembly = Assembly()
    assembly.add("The Lorne storm damaged 410 houses, insurers said.", [quotes["02.txt"]])
    (claim,) = as_claims(found, assembly)
    assert (claim.index, claim.text, claim.low, claim.high, claim.qualifier, claim.unit, claim.as_of, claim.speaker,
            claim.citations, claim.origins, claim.derived, claim.superseded_by) == (
        1, "410", 410, 410, "unspecified", "house", march(2), "insurers", (1,), 1, False, None)
    assert "houses" in claim.subject
    assert "damaged" in claim.subject


async def test_a_sum_is_written_in_digits(likeness: Likeness) -> None:
    _, found = await claims("how many soldiers were killed or wounded?", likeness,
                            "The brigade counted 300 killed and 2,700 wounded.")
    assembly = Assembly()
    assembly.add("The brigade counted 300 killed and 2,700 wounded.", [found[0].mentions[0].line.quote])
    (claim,) = as_claims(found, assembly)
    assert (claim.text, claim.low, claim.high, claim.derived) == ("3,000", 3000, 3000, True)


OTHERS: dict[str, tuple[str, tuple[Told | str, ...], set[str]]] = {
    "another country's troops": (
        "how many troops did North Korea send?",
        ("North Korea sent about 12,000 soldiers to Russia.", "Russia sent 40,000 troops to the border."), {"about 12,000"}),
    "a country that nobody counts": (
        "how many troops did China send?", ("North Korea sent about 12,000 soldiers to Russia.",), set()),
    "another ship": (
        "how many people did the Selma carry?",
        ("The ferry Selma carried 410 people.", "The ferry Brisa carried 320 people."), {"410"}),
    "the speaker's losses are not those it speaks of": (
        "how many aircraft did Varnia lose?",
        ("Varnia lost 20 aircraft, Ostland said.", "Ostland lost 35 aircraft, Varnia said."), {"20"}),
    "another year": (
        "how many jobs did Tauris cut in 2021?", (Told("Tauris cut 450 jobs in 2024.", date(2024, 5, 1)),), set()),
    "the year asked for": (
        "how many forest fires were recorded in 2024?",
        ("In 2023, 400 forest fires were recorded in the region.",
         "In 2024, 700 forest fires were recorded in the region."), {"700"}),
    "another thing in the same sentence": (
        "how many schools were closed?", ("The council closed 14 libraries and 30 schools.",), {"30"}),
    "another deed in the same sentence": (
        "how many people were injured?", ("Fourteen people died and 31 were injured in the Lorne crash.",), {"31"}),
    "another deed": (
        "how many patients were treated?",
        ("The clinic treated 120 patients.", "The clinic sent home 45 patients."), {"120"}),
    "some among them": (
        "how many children were killed?", ("The blast killed 12 people, including four children.",), {"four"}),
    "all of them": ("how many people were killed?", ("The blast killed 12 people, including four children.",), {"12"}),
    "the whole of which a part is told": (
        "how many miners were rescued?", ("Of the 90 miners, 60 were rescued, the company said.",), {"60"}),
    "what could be": ("how many passengers were aboard?", ("The ferry, which can carry 500 passengers, sank.",), set()),
    "what is denied": (
        "how many soldiers were killed?",
        ("The ministry denied that 300 soldiers were killed at Lorne.",
         "The ministry said 40 soldiers were killed at Lorne."), {"40"}),
    "what is corrected in the same breath": (
        "how many ships were sunk?", ("Not three but five ships were sunk, the navy said.",), {"five"}),
    "a length beside a height": (
        "how high is the tower?", ("The tower is 140 metres high and stands 2 kilometres from the port.",), {"140"}),
    "a plan that was given up": (
        "how many jobs will be cut?", ("Tauris planned to cut 600 jobs but will cut only 200, it said.",), {"200"}),
    "what was wanted": (
        "how long was Mara Holt jailed for?",
        ("Prosecutors asked that Mara Holt be jailed for nine years.", "Mara Holt was jailed for six years."), {"six"}),
    "what was announced": (
        "how much was the firm fined?",
        ("The office said it intended to fine the firm 240 million crowns.", "The firm was fined 190 million crowns."),
        {"190 million crowns"}),
    "the room that a ship has": (
        "how many people were aboard the ferry?",
        ("The ferry was licensed to carry 210 people.", "There were 239 people aboard the ferry."), {"239"}),
    "what a ship carried, asked for what it may carry": (
        "how many people was the ferry licensed to carry?",
        ("The ferry was carrying 244 people.", "The ferry was licensed to carry 210 people."), {"210"}),
    "by how much it was too many": (
        "how many people were aboard the ferry?",
        ("The ferry carried 72 more people than allowed.", "There were 239 people aboard the ferry."), {"239"}),
    "some of those asked for": (
        "how many people were taken to hospital?", ("Sixty people were taken to hospital, nine of them badly hurt.",),
        {"Sixty"}),
    "all for some": ("how many women died?", ("The death toll rose to 27.", "Of the dead, 24 were women."), {"24"}),
    "the old level": (
        "how many accidents were there?", ("There were 72 accidents, up from 55 the year before.",), {"72"}),
    "the same sum in other money": (
        "how much does a ticket cost?", ("A ticket costs 650 pesos ($11.40).",), {"650 pesos"}),
    "the dead for the rescued": (
        "how many people were rescued in Lorne?",
        ("At least 54 people died in Lorne, the sheriff said.", "More than 800 were rescued in Lorne."), {"More than 800"}),
    "a time of something else": (
        "how long did Mara Holt spend in prison?",
        ("Mara Holt was sentenced to seven years.", "Mara Holt spent 10 months in prison."), {"10"}),
    "a length of time for an age": (
        "how old is the ship?", ("The ship sank in 20 minutes.", "The 36-year-old ship sank."), {"36"}),
    "an age of a thing": (
        "how old was the driver?", ("The driver, aged 45, was charged.", "The bus was 12 years old."), {"aged 45"}),
}


@pytest.mark.parametrize("case", OTHERS)
async def test_another_actor_thing_place_year_or_mood_is_not_the_answer(likeness: Likeness, case: str) -> None:
    question, articles, expected = OTHERS[case]
    at_odds, found = await claims(question, likeness, *articles)
    assert (at_odds, {value.text for value in values(found)}) == (False, expected)


KNOWN_LIMITS: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "an elided verb": ("how many votes did Weiss win?", ("Krantz won 120,300 votes, Weiss 98,000.",), {"98,000"}),
    "parts of one kind": (
        "how many cars were recalled?", ("The maker recalled 90,000 cars in Europe and 40,000 in Asia.",), {"130000–130000"}),
    "members that do something": (
        "how many members does the union have?",
        ("The union, which has 45,000 members, called a strike.", "About 9,000 members of the union went on strike."),
        {"45,000"}),
}


@pytest.mark.xfail(strict=True, reason="needs a parse of the sentence, not its word order")
@pytest.mark.parametrize("case", KNOWN_LIMITS)
async def test_what_a_reading_by_word_order_gets_wrong(likeness: Likeness, case: str) -> None:
    question, articles, expected = KNOWN_LIMITS[case]
    at_odds, found = await claims(question, likeness, *articles)
    assert (at_odds, {value.text for value in values(found)}) == (False, expected)


async def test_a_toll_told_as_a_noun_replaces_an_earlier_count_of_people(likeness: Likeness) -> None:
    at_odds, found = await claims(
        "how many people were killed?", likeness,
        Told("Four people were killed in the Lorne quake, police said.", march(2)),
        Told("The death toll of the Lorne quake rose to seven, police said.", march(5)))
    assert (at_odds, values(found)) == (False, {Value("Four", superseded_by="seven"), Value("seven")})


@pytest.mark.parametrize(("question", "articles", "expected"), [
    ("how many people were arrested?",
     ("Police said 12 people were arrested in Lorne.", "The union counted 19 arrests in Lorne."), {"12", "19"}),
    ("how many people died in the Lorne fire?",
     ("The Lorne fire caused 12 deaths.", "In Lorne, 12 people died in the fire."), {"12"}),
    ("how many people were evacuated from Lorne?",
     ("About 4,000 people were evacuated from Lorne.", "By Friday 3,100 people had returned to Lorne."),
     {"About 4,000"}),
    ("how many people returned to Lorne?",
     ("About 4,000 people were evacuated from Lorne.", "By Friday 3,100 people had returned to Lorne."), {"3,100"}),
    ("how much did Castan lose through the strike?",
     ("Castan lost about $27 million through the strike.", "Castan is losing $1.2 million a day to the strike."),
     {"about $27 million"}),
    ("how much did Castan lose through the strike?",
     ("Castan lost about $27 million through the strike, it said.",
      "A stoppage of a month would wipe out the profit of the year, which Castan put at $34 million."),
     {"about $27 million"}),
], ids=["a noun for the deed", "nouns that agree", "an undone deed", "the undoing is asked for", "a rate is no sum",
        "another sum of money"])
async def test_deeds_told_as_nouns_count_and_what_undoes_or_rates_them_does_not(
    likeness: Likeness, question: str, articles: tuple[str, ...], expected: set[str]
) -> None:
    _, found = await claims(question, likeness, *articles)
    assert {value.text for value in values(found)} == expected


SENT = "North Korea sent about 12,000 troops to Russia."
TAKEN = "Some 300 wounded Russian troops have been taken to North Korean hospitals."
OTHER = "Russia sent 300 troops to North Korea for treatment."


@pytest.mark.parametrize(("question", "articles", "expected"), [
    ("how many troops were sent?", (SENT, SENT.replace("about", "some"), OTHER), OTHER),
    ("how many troops did North Korea send?", (SENT, OTHER), None),
    ("how many troops were sent?", (SENT,), None),
    ("how many troops were sent?", (SENT, "Russia treated 300 troops of North Korea."), None),
    ("how many troops were sent?", (SENT, TAKEN), TAKEN),
    ("how many troops were killed?", ("North Korea said that 12 of its troops were killed.", TAKEN), None),
])
async def test_a_second_reading_is_another_countrys_figure_for_just_what_was_asked(
    likeness: Likeness, question: str, articles: tuple[str, ...], expected: str | None
) -> None:
    read = await mentions(question, likeness, *articles)
    found = positions(read_question(question, ASKED), read)
    other = other_reading(read_question(question, ASKED), read, found)
    assert (other.line.text if other else None) == expected
    assert all(m.line.text != OTHER for p in found for m in p.mentions) or expected is None
