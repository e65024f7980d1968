"""Words by which news prose says who says something."""

from __future__ import annotations

SAYS = frozenset(
    "said says told tells claimed claims insisted insists argued argues alleged alleges asserted asserts "
    "warned warns "
    "stated saying stating insisting arguing warning claiming".split()
)
"""Verbs that report speech wherever they stand."""
MAY_SAY = frozenset(
    "say tell describe complain recount confessed added adds adding "
    "noted notes noting reported reports announced announces confirmed confirms "
    "confirming revealed "
    "reveals disclosed suggested suggests suggest indicated indicates wrote writes believes believe "
    "believed explained "
    "emphasised emphasized stressed remarked commented recalled declared testified predicted predicts "
    "acknowledged "
    "forecasts admitted conceded estimated estimates estimate estimating denied denies states claim describes "
    "described tweeted "
    "posted concluded concludes maintained replied responded complained cautioned hinted "
    "promised vowed "
    "pledged quoted expects think thinks assessed assess assesses contend contends expect reiterated "
    "".split()
)
"""Verbs that report speech before "that" or a quotation, or behind what is said."""
NOUNS = frozenset(
    "account claim claims estimate estimates view words report reports statement assessment "
    "assessments count interview statements figures allegations allegation puts put per accounts "
    "tally speech letter testimony announcement".split()
)
"""Words by which a statement may attribute without a verb of saying."""
ALLEGED = frozenset(
    "allegation allegations accusation accusations claim claims report reports rumour rumours rumor rumors "
    "suspicion suspicions assertion assertions complaint complaints testimony".split()
)
"""Nouns of what somebody says that a clause with "that" spells out."""
MEASURED = frozenset("estimate estimates data figures study survey poll report reports records count tally".split())
SHOWING = frozenset("indicating showing suggesting putting estimating finding".split())
LIKE_NOUNS = frozenset(["adding", "warning", "claiming", "insisting", "arguing", "saying"])
"""Participles that report speech only behind a comma; elsewhere they are nouns or something else."""
FINITE = frozenset("is are was were has have had will would could may might can should did does do must".split())
NO_SUBJECT = frozenset("to of in by been be no any".split())
"""Words behind which a verb of speech is an infinitive, a participle or a noun."""
OPINES = frozenset(
    "assess assesses contend contends think thinks expect expects predict predicts suggest suggests believe "
    "believes say estimate estimates".split()
)
"""Verbs that attribute behind a subject, whatever follows."""
PRONOUNS = frozenset("he she it they we i you who which that this these those one former latter both".split())
DETERMINERS = frozenset("the a an its his her their our my some many several two three".split())
NOUN_FORMS = frozenset("claim claims estimate estimates report reports notes states view forecasts".split())
"""Verbs of speech that are nouns as often."""
MONEY_CLAIMS = frozenset(
    "insurance jobless unemployment benefit benefits compensation asylum expense medical legal land".split()
)
"""Words before "claims" that are for money or a right, and assert nothing."""
SHOWS = frozenset("show shows showed indicate indicates indicated suggest suggests suggested".split())
"""Finite verbs by which data, a poll or a study tell something."""
DUBBED = frozenset("called calls dubbed labelled labeled branded described describes".split())
"""Verbs that attribute where the name that they give stands in quotation marks."""
NOT_SPEECH = frozenset("responsibility lives life victory victims asylum benefits".split())
QUOTE_MARKS = '"“”„«»'
PREPOSITIONS = frozenset("that in on at during after before while when to from by for with as about".split())
"""Words that no speaker begins with: "said during a visit"."""
RELATIVES = frozenset(["who", "which", "whose"])
