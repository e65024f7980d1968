"""Words that news prose uses for one another and that WordNet holds apart; tables, read by `carried.py`.

`SAME` are words that may stand for each other. `CARRIERS` give, for a statement's word, the quote's words that say at
least as much: who was killed is dead, but who is dead was not killed.
"""

from __future__ import annotations

_ALIKE = """
    soldier troop serviceman servicemember force personnel military
    see spot sight observe
    fire launch shoot
    lower reduce cut
    fall autumn
    doctor physician medic
    dead die death fatal fatality
    injure wound hurt injury
    pact treaty agreement accord
    envoy ambassador diplomat
    lawmaker legislator
    company firm business
    expect forecast predict project
    quickly rapidly swiftly fast
    quick rapid swift fast
    huge enormous massive vast immense
    jury juror
    video footage clip
    promise pledge vow commit commitment
    halt suspend pause freeze
    introduce unveil rollout
    operation surgery
    role part factor
    crash slam smash collide
    customer client
    customer shopper consumer
    money cash
    job position post
    plane aircraft airplane jet airliner
    talk negotiation discussion
    fire blaze wildfire
    legislation bill
    legislation law
    jail prison
    prisoner inmate
    spokesman spokeswoman spokesperson
    shortage scarcity lack
    outage blackout
    study research
    poll survey
    rally protest demonstration march
    start begin
    scrap cancel axe
    investigation inquiry probe investigate
    home house
    area region
    country nation
    government administration
    child kid youngster
    teen teenager adolescent
    price cost
    buy purchase acquire acquisition
    fire sack dismiss
    allow permit let
    help assist aid
    close shut shutter
    build construct erect
    gunman shooter
    share stock
    revenue sales turnover
    profit earnings
    flood inundate deluge
    rain rainfall downpour
    quake earthquake temblor
    border frontier
    ship vessel boat
    road highway
    passenger traveler traveller
    tourist visitor
    fan supporter
    team side club squad
    game match
    title championship
    movie film
    show series program programme
    pope pontiff
    queen monarch
    king monarch
    important key crucial vital significant
    difficult hard tough
    main primary principal key
    poor impoverished
    rich wealthy
    sick ill unwell
    phone smartphone
    app application
    device gadget
    feature function
    reveal disclose
    provide supply
    live reside
    stay remain
    drug medicine medication
    police cop
    worker employee
    murder homicide
    declare proclaim
    damage harm
    deadly fatal lethal
    stop halt cease
    former ex
    dollar buck
    gas gasoline petrol
    mobile cellphone cell
    trip journey
    lawsuit suit
    cyclone hurricane typhoon
    elderly aged
    aim goal objective target
    award prize
    speech address
    ad advert advertisement commercial
    resident inhabitant
    politician lawmaker
    ruling decision verdict
    less fewer
    push send drive tip plunge
    consider evaluate weigh review examine
"""
_CARRIED = """
    dead die death: kill perish fatal
    fall drop decline decrease down: slump plunge tumble sink slip dip slide plummet nosedive
    fall drop decline decrease down: fall drop decline lose shed
    lose: fall drop decline slip slide dip shed lose loss
    fewer less lower: down drop fall decline decrease cut reduce plunge
    more higher up: rise jump gain increase climb soar up
    rise increase grow gain: surge soar jump climb leap spike shoot skyrocket balloon swell
    rise increase grow gain: rise increase grow gain boost hike up
    raise lift: hike boost increase lift raise
    search look seek: hunt comb scour manhunt search
    head lead run: president director chief ceo chairman chairwoman chair boss principal leader commander manager
    chief boss head: ceo president director chairman chairwoman chair chief boss head leader
    loss: lose loss
    victory: win victory beat triumph
    win: win victory beat defeat pick earn claim capture clinch secure award triumph crown
    beat: beat defeat win victory thrash rout edge overcome
    defeat: beat defeat win thrash rout edge overcome
    face meet: play face meet
    deal: merger acquisition takeover purchase agreement contract pact transaction treaty buyout
    buy purchase acquire: takeover buyout acquisition merger
    official authority: official authority
    employee worker staff: employee worker staff staffer workforce personnel crew
    detain: arrest detain capture custody
    cancel: scrap axe cancel
    announce: unveil announce declare reveal launch rollout
    launch: unveil introduce roll rollout start begin launch release
    introduce: roll rollout unveil launch add introduce
    sue: lawsuit sue suit
    leave: flee quit depart exit leave resign
    destroy: raze flatten wreck demolish destroy
    damage: destroy wreck ruin damage batter
    hold: host stage organise organize hold
    release: publish issue unveil release
    publish: release publish post issue
    support: endorse back support
    found establish: found form create establish
    large big: major huge massive vast enormous large big giant mega
    ban: outlaw prohibit forbid ban prohibition
    protest: demonstrate demonstration protest
    vaccine vaccinate: jab vaccine vaccinate vaccination shot dose immunize
    coronavirus covid covid-19: coronavirus covid covid-19
    police officer: police officer constable
    leader: president premier minister chancellor chief head chairman chairwoman king queen
    politician lawmaker: mp senator congressman congresswoman representative lawmaker legislator
    accuse: charge accuse indict
    convict guilty: convict guilty
    show find: show find reveal indicate
    approve: approve pass
    step resign: resign quit step
    enter entry: cross crossing enter entry
    need require: need require force mandate must oblige
    postpone delay: bump push defer delay postpone reschedule
    lead cause: prompt cause trigger lead spark bring
    prompt trigger: prompt trigger cause lead spark
    force: force prompt compel oblige
    affect: hit hurt harm damage affect impact disrupt strike devastate
    hit: affect hurt harm strike batter hit
    hurt harm: hit hurt harm damage impact
    fight: combat eradicate tackle counter battle curb fight
    tackle address: combat fight tackle address
    nationwide national: country nation national nationwide
    test: pilot trial test try
    money funds: cash money fund fund dollar
    illness: disease sickness infection illness
    measure: bill law legislation measure policy rule
    rule: law regulation policy rule
    storm: hurricane typhoon cyclone blizzard storm thunderstorm
    crash: slam smash plow collide collision crash wreck
    cost: price retail sell cost charge
    sell: retail sale sell sold market
    sale: sell sale retail
    hire: recruit appoint hire
    appoint name: hire appoint name pick choose nominate
    criticize criticise criticism: condemn denounce blast slam lambast decry rebuke criticize criticise attack assail
    condemn: denounce condemn
    praise: hail laud commend applaud praise
    worry concern fear: worry concern fear afraid
    attacker: gunman shooter assailant attacker suspect
    court: judge court tribunal
    reach: hit climb rise reach top
    record: log record register set
    travel: fly drive go trip journey travel visit
    trip visit: trip journey tour visit travel
    arrive: land reach touch arrive
    land: touch land
    urge: call ask appeal urge encourage press
    ask: urge call request appeal ask
    provide supply: give offer provide deliver supply
    receive: get obtain win receive
    keep: retain maintain keep preserve
    message: email letter tweet text message
    post: tweet post publish share
    investor: shareholder investor
    benefit gain: boost advantage benefit healthy gain help
    people: personnel staff crew population resident customer household voter
    reduce cut: slash trim ease lower reduce cut drop
    ease relax: ease relax eliminate lift loosen lower
    end: expire finish conclude end stop cease terminate
    return: come go back return
    choose pick: choose select pick elect opt
    express: voice express
    oppose: reject oppose
    block: block halt stop prevent
    use: use utilize employ deploy
    send: dispatch deploy ship send mail
    work: serve employ work
    study research: analysis study research survey trial
    analysis: study analysis research
    forecast: outlook prediction projection forecast
    warning: warn alert warning
    growth: grow growth rise increase
    event: ceremony festival concert conference event show
    group: organization organisation coalition alliance association group
    organization organisation: nonprofit charity group organization organisation
    agency: bureau department office agency administration
    building: house tower home skyscraper structure building
    property: home house building property
    cash: money cash dollar
    payment: pay payment check paycheck
    attack: assault raid strike bombing attack shooting
    clash: fight battle clash
    talk speak: discuss talk speak
    discuss: discuss talk debate
    trial: trial prosecution
    charge: charge indict indictment
    heavy: torrential heavy intense
    bad severe: severe bad serious extreme terrible worst
    extreme: extreme severe
    pay: clear settle repay pay
    erase wipe: wipe erase
    welcome: praise hail applaud welcome
    proceed: move proceed continue
    plan: proposal plan
    halve: half halve
    double: twice twofold double
    relative: family relative
    due: schedule expect set slate plan
    shot dose jab: vaccine vaccination shot dose jab booster
    climb jump: shoot soar surge rise jump climb
    expect: track due likely schedule plan set aim slate
    rule: side rule decide
    earn: make gross earn receive
    elect: win vote elect choose
    become: declare turn become appoint elect
    secure: line arrange secure obtain
    gather line: gather line crowd
    fast quick: speed fast quick
    tall high: height tall high
    old: age aged old
    heavy: weight heavy
    deep: depth deep
"""


def _groups(table: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split()) for line in table.strip().splitlines())


def _carriers(table: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in table.strip().splitlines():
        words, _, carriers = line.partition(":")
        for word in words.split():
            found[word] = found.get(word, frozenset()) | frozenset(carriers.split())
    return found


SAME = _groups(_ALIKE)
"""Words that may stand for each other."""
CARRIERS = _carriers(_CARRIED)
"""Words with those that say at least as much."""
