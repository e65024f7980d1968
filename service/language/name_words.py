"""Closed lists behind the reading of names: titles, particles, parts of dates, verbs of speech."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _words(
    """
    de da do dos das del della di du van von der den ter ten bin bint ibn abu al el an ul ur la le y e zu af
    av san
    """
)
"""Lower-case words inside a person's or a place's name."""

CONNECTORS = frozenset({"of", "for", "the"})
"""Lower-case words inside an organisation's name."""

CALENDAR = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
    saturdays sundays january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun gmt utc bst
    est edt pst pdt cet cest am pm bc ad bce ce
    """
)
"""Parts of dates and times, which are no names."""

TITLES = _words(
    """
    president presidents vicepresident vice prime premier minister ministers chancellor king queen prince
    princess duke duchess emperor empress emir sultan sheikh shah ayatollah pope archbishop bishop cardinal
    father rev reverend rabbi imam pastor sister brother mr mrs ms miss mx messrs mme dr drs doctor prof
    professor sir lord lady dame baron baroness ambassador envoy consul governor gov lieutenant lt mayor
    senator sen senators representative rep reps congressman congresswoman general gen colonel col major maj
    captain capt sergeant sgt cpl corporal pvt private admiral adm commander cmdr marshal brigadier brig
    judge justice chief secretary undersecretary speaker chairman chairwoman chairperson chair ceo cfo coo
    director executive editor officer detective inspector superintendent sheriff constable commissioner
    councillor councilman councilwoman councilor deputy mp mps msp md phd attorney prosecutor leader
    dictator spokesman spokeswoman spokesperson coach manager former acting hon honourable honorable elder
    madam madame monsieur herr frau comrade analyst economist
    """
)
"""Words that stand before a name without being part of whom it names."""

DOUBTFUL_TITLES = _words(
    """
    general justice major private chief executive judge officer editor director speaker leader father sister
    brother king queen prince princess duke lady lord secretary president attorney governor captain
    commander master
    """
)
"""Titles that are as often the first word of an organisation or a place: General Motors, Justice Department.
"""

OFFICES = _words(
    """
    foreign defence defense interior finance home vice deputy first former acting prime
    """
)
"""Words that belong to a title when a title follows: Foreign Minister."""

NAME_ABBREVIATIONS = _words(
    """
    mr mrs ms dr prof rev gen col lt sgt capt maj adm gov sen rep hon st ste mt ft no nos vs co corp inc ltd
    jr sr dept univ assn bros jan feb mar apr jun jul aug sep sept oct nov dec fig vol us uk un eu usa
    """
)
"""Words whose full stop does not end a sentence when a name or a number follows."""

COLLECTIVES = _words(
    """
    police government parliament management staff congress opposition prosecution court council army navy
    military cabinet leadership labour labor everyone everybody nobody somebody someone anyone anybody
    doctor media press administration ministry company firm hospital report study data research union church
    city county state intelligence defense defence counsel industry public crew family mother father captain
    president chancellor parliamentarian nobody neither neighbour neighbor witness
    """
)
"""Nouns that news prose uses without an article before a verb of saying."""

GIVEN_NAMES = _words(
    """
    mark bill grant will rose grace faith hope joy dawn amber ruby pearl violet ivy lily daisy iris olive
    ginger guy jack rob bob pat drew chase hunter mason carter cooper taylor tyler parker baker dean earl
    rich frank ernest victor art chip cliff dale glen heath miles nick pierce ray reed rod skip trip wade
    ward woody gene harry robin jay martin angel summer autumn april may june august jade gill mike max
    sonny buddy herb jean lance norm pete stone warren wolf page penny carol christian clay colt don dusty
    eve fern flora gale gray hazel holly jasmine jerry jimmy joe john josh kitty laurel mercy myrtle pansy
    patience peter prudence randy ron rusty sandy sky star stew sue terry tom tony tommy todd van vic wally
    barb betty barney mickey nelly benny charlie roger graham bob philip christian paul jordan dan tim ben
    sam
    """
)
"""Given names that are dictionary words too."""

SPEECH = _words(
    """
    said says told tells added adds announced announces argued argues claimed claims confirmed confirms
    denied denies declined declines insisted insists noted notes reported reports replied responded revealed
    stated states suggested suggests warned warns wrote writes vowed pledged promised acknowledged admitted
    agreed apologised apologized refused rejected urged called accused plans planned hopes believes thinks
    wants
    """
)
"""Finite verbs that only people and organisations go with."""

SUFFIX_PARTS = _words(
    """
    based led backed born style made run wide owned built era like level area aligned linked related
    friendly brokered sponsored funded speaking trained occupied controlled held supplied type class age
    free only old year month day week bound themed designed listed focused inspired language registered
    flagged educated appointed born dominated administered mediated wing hit torn ravaged plus sized proof
    mile metre meter foot style by and in of to the up off out on over side wise
    """
)
"""Lower-case second parts of a compound that is no name: US-based, Moscow-backed."""

ORDINARY = _words(
    """
    us     i im ive id ill hes shes its were theyre youre weve theyve youve dont doesnt didnt isnt arent wasnt
    werent wont wouldnt couldnt shouldnt cant cannot havent hasnt hadnt thats theres heres whats whos lets
    although because though despite unless until whereas whether while whilst since upon amid amidst among
    amongst across along alongside beside besides beyond concerning considering except inside outside like
    minus onto opposite past per plus regarding round throughout toward towards underneath unlike versus via
    within without however meanwhile moreover furthermore nevertheless nonetheless otherwise therefore thus
    hence instead indeed perhaps maybe already almost nearly often sometimes always never ever soon later
    earlier then now today tonight tomorrow yesterday here there afterwards afterward beforehand elsewhere
    everywhere somewhere nowhere anywhere again also too else even just only quite rather still yet well
    once twice thrice together apart abroad ahead aside away back forward forwards backwards downtown
    overnight overseas upstairs downstairs likewise altogether anyway somehow somewhat seldom perhaps
    notwithstanding whatever whichever whoever whomever wherever whenever mine yours hers ours theirs myself
    yourself himself herself itself ourselves themselves more most less least fewer many much several some
    any each every either neither both all none half such same other another others enough plenty yes no oh
    ok okay please thanks hello dear dozens hundreds thousands millions billions tens scores eleven twelve
    thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy
    eighty ninety zero one two three four five six seven eight nine ten hundred thousand million billion
    trillion first second third fourth fifth sixth seventh eighth ninth tenth secondly thirdly photo image
    photos read share source copyright via amongst against according
    """
)
"""Closed-class words, adverbs and number words that WordNet's nouns, verbs and adjectives lack."""
