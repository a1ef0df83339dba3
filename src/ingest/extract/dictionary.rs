//! The word lists of [`super::lexicon`], as data.

use super::lexicon::Class;

/// Words of closed classes; a word in two lists is of the first.
pub(super) const CLOSED: &[(Class, &str)] = &[
    (
        Class::Determiner,
        "a an the this these those its their his her your our my each every any some all no another such both either \
         several many few most certain various multiple numerous more other same own whatever much enough",
    ),
    (
        Class::Number,
        "one two three four five six seven eight nine ten dozen hundred thousand million zero first second third \
         fourth fifth sixth seventh eighth ninth tenth eleventh twelfth last next",
    ),
    (
        Class::Pronoun,
        "it's they're we're you're i'm we've you've they've we'll you'll they'll that's there's let's it’s they’re \
         we’re you’re i’m we’ve you’ve they’ve we’ll you’ll they’ll that’s there’s let’s it they them he she him you we us i one's someone anyone everyone something \
         anything everything nothing others there",
    ),
    (Class::Be, "is are was were be been being isn't aren't wasn't weren't"),
    (Class::Have, "has have had having"),
    (Class::Do, "do does did doesn't don't didn't"),
    (Class::Modal, "can could may might must shall should will would cannot can't won't shouldn't couldn't"),
    (Class::Not, "not never neither hardly"),
    (Class::To, "to"),
    (
        Class::Preposition,
        "of in on at by for from with without into onto over under through via using within between among against \
         during before after across along around behind beneath beside besides beyond upon throughout toward towards \
         as like unlike near per than about above below despite except inside outside off out up down concerning regarding \
         versus vs amid alongside atop till until",
    ),
    (Class::Coordinator, "and or but nor and/or plus"),
    (
        Class::Subordinator,
        "if when because while although though whether unless since once so whenever wherever how why what whereas",
    ),
    (Class::Relative, "which who whom whose that where whereby"),
    (
        Class::Adverb,
        "please also only just then thus hence therefore however typically usually often always sometimes too very well \
         together instead rather yet still already again now today here currently generally e.g i.e etc even almost \
         quite forth later further otherwise simply commonly mainly mostly primarily optionally specifically \
         especially particularly e.g. i.e. etc. ago so-called away itself themselves himself directly easily",
    ),
    (
        Class::Adjective,
        "new old own same different common simple single main specific particular special general generic available \
         able large small big high low long short full empty free open real virtual physical logical local remote \
         public private internal external global central core basic standard current present available important \
         modern popular powerful robust reliable scalable flexible lightweight highly-available persistent temporary \
         static dynamic automatic manual primary secondary main major minor similar equal compatible useful \
         responsible capable digital native hybrid binary abstract concrete immutable mutable mathematical \
         hierarchical structural electronic technical relational non-relational eventual consistent redundant \
         additional extra further entire whole complete partial random unique distinct independent \
         dependent graceful proper original default custom legacy vertical horizontal parallel sequential \
         synchronous asynchronous cryptographic human social natural raw safe secure fast slow best better worse \
         good bad next previous recent actual typical usual normal necessary required optional possible impossible \
         easy hard difficult resilient efficient inefficient transparent consistent inconsistent convenient ready essential due sufficient \
         relevant significant compliant frequent discrete explicit implicit authoritative cold warm hot raw \
         cooked wet dry soft rigid broad narrow wide deep shallow thick thin heavy dark bright loud quiet rapid \
         slow steady sudden gradual strict loose tight early late initial final partial entire finite infinite \
         continuous linear circular rectangular spherical flat straight upper lower inner outer central lateral \
         medial distal proximal anterior posterior northern southern eastern western rural urban industrial \
         agricultural commercial domestic financial economic political legal medical clinical surgical biological \
         geological ecological electrical mechanical thermal optical acoustic magnetic nuclear atomic molecular \
         cellular organic inorganic marine aquatic terrestrial volcanic igneous metamorphic sedimentary genetic \
         semantic syntactic lexical numeric numerical algebraic geometric arithmetic logarithmic statistical \
         probabilistic deterministic stochastic heuristic empirical theoretical experimental formal informal \
         civil military federal national international regional municipal religious ancient modern medieval \
         contemporary traditional fundamental essential crucial critical vital prominent dominant distinctive \
         mutual common corporate academic scientific technological psychological physiological chronic acute \
         severe mild moderate benign malignant viral bacterial fungal venous arterial cardiac renal hepatic \
         pulmonary neural cerebral spinal dental oral nasal visual auditory tactile verbal graphic graphical \
         textual audible visible invisible tangible intangible intellectual emotional mental bodily personal \
         foreign alien exotic rare scarce abundant plentiful ample typical unusual peculiar strange familiar \
         obscure opaque transparent vague precise exact accurate approximate rough smooth coarse fine granular \
         fibrous porous dense sparse hollow dead alive dormant idle busy active passive reactive proactive \
         positive negative neutral equal unequal simple mere sole various diverse homogeneous heterogeneous \
         symmetric asymmetric orthogonal perpendicular diagonal adjacent nearby distant indirect forward backward \
         inbound outbound ongoing forthcoming prior subsequent simultaneous concurrent competent eligible liable \
         prone ripe mature young elderly supreme ultimate polar tropical arctic annual monthly weekly daily \
         hourly nightly seasonal perennial permanent provisional interim verbatim figurative nominal unary \
         ternary bare naked big-endian little-endian read-only read-write write-only faster easier slower larger smaller higher greater fewer cheaper safer simpler newer older longer shorter \
         stronger weaker bigger harder richer poorer open-source closed-source \
         cross-platform third-party first-class high-level low-level peer-to-peer end-to-end one-way two-way \
         real-time compile-time run-time full-text plain-text official conventional elementary key-value on-demand self-service front-end back-end",
    ),
];

/// Nouns that end like adverbs.
pub(super) const LY_NOUNS: &[&str] =
    &["reply", "family", "supply", "assembly", "anomaly", "july", "apply", "rely", "comply"];

/// Nouns that end like adjectives.
pub(super) const NOT_ADJECTIVES: &[&str] = &[
    "variable",
    "variables",
    "executable",
    "library",
    "dictionary",
    "summary",
    "boundary",
    "directory",
    "archive",
    "objective",
    "iterable",
    "directive",
    "primitive",
    "repository",
    "drive",
    "glossary",
    "derivative",
    "narrative",
    "cable",
    "table",
    "receive",
    "derive",
    "enable",
    "disable",
    "callable",
    "live",
    "give",
    "perspective",
    "alternative",
    "adversary",
    "registry",
    "beneficiary",
    "vocabulary",
    "collective",
    "detective",
    "initiative",
    "executive",
    "intermediary",
    "anniversary",
    "observable",
    "deliverable",
    "retrieve",
    "resolve",
    "involve",
    "achieve",
];

/// Plurals that do not follow from their singular.
pub(super) const PLURALS: &[(&str, &str)] = &[
    ("indices", "index"),
    ("indexes", "index"),
    ("vertices", "vertex"),
    ("matrices", "matrix"),
    ("children", "child"),
    ("people", "person"),
    ("men", "man"),
    ("data", "data"),
    ("media", "media"),
    ("criteria", "criterion"),
    ("analyses", "analysis"),
    ("buses", "bus"),
    ("aliases", "alias"),
    ("statuses", "status"),
    ("viruses", "virus"),
    ("metrics", "metric"),
    ("topics", "topic"),
    ("halves", "half"),
    ("leaves", "leaf"),
    ("dns", "dns"),
    ("series", "series"),
    ("means", "means"),
    ("lens", "lens"),
    ("lenses", "lens"),
    ("bias", "bias"),
    ("biases", "bias"),
    ("alias", "alias"),
    ("canvas", "canvas"),
    ("atlas", "atlas"),
    ("chaos", "chaos"),
    ("pancreas", "pancreas"),
    ("https", "https"),
    ("nfs", "nfs"),
    ("tls", "tls"),
    ("ipsec", "ipsec"),
    ("gas", "gas"),
    ("this", "this"),
    ("has", "has"),
    ("was", "was"),
    ("as", "as"),
    ("its", "its"),
    ("does", "does"),
    ("always", "always"),
    ("devops", "devops"),
    ("kubernetes", "kubernetes"),
    ("caches", "cache"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("os", "os"),
    ("aws", "aws"),
];

/// Verbs whose forms follow from their spelling.
pub(super) const VERBS: &str = "\
abstract accelerate accept access accomplish account achieve act activate adapt add address adhere adjust administer \
affect aggregate aid aim alert align allocate allow alter analyze analyse announce answer appear append apply approve \
arrange ask assemble assess assign assist associate assume attach attack attempt audit authenticate author authorize \
automate avoid back balance base batch belong block boost boot bound bridge broadcast browse buffer build bundle cache \
calculate call cancel capture carry cause change charge check claim classify clean clear clone close cluster collect \
combine comment commit communicate compare compile complement complete comply compose comprise compress compute \
concatenate concern condense configure confirm conform confuse connect consider consist consolidate constitute \
constrain construct consult consume contact contain continue contrast contribute control convert convey coordinate \
copy correspond count cover create customize debug decide declare decode decompose decouple decrease decrypt dedicate \
define delegate delete deliver denote depend deploy deprecate derive describe design designate destroy detach detect \
determine develop differ direct disable disallow discard disconnect discover display dispatch distinguish distribute \
divide document download drop duplicate dump eliminate embed emit emphasize employ enable encapsulate enclose encode \
encourage encrypt end enforce engage enhance enlarge enrich ensure enter enumerate equip escape establish estimate \
evacuate evaluate examine exceed exchange exclude execute exist expand expect experience explain export expose express \
extend extract facilitate fail fence fetch fill filter finish fix focus follow forbid force fork format forward \
foster freeze fulfil fulfill function gather generate govern grant group guarantee guard guide handle happen help host \
identify ignore implement imply import improve include incorporate increase incubate index indicate infer influence \
inform inherit initialize initiate inject inspect install instantiate instruct integrate intend interact intercept \
interface interpret introduce invoke involve isolate issue iterate join kill label launch lease let leverage limit \
link list listen load locate lock log look loop maintain manage map mark mask match measure mediate merge migrate \
minimize mirror mix model modify monitor mount move multiplex name negotiate notify obey observe obtain occupy occur \
offer open operate optimize orchestrate order organize originate outline output own pack package parse participate \
partition pass patch pause perform permit persist pick place plan plug point poll populate port possess power prepare \
present preserve prevent print process produce program promote propagate propose protect prove provide provision proxy \
publish pull push query queue raise range rank reach react realize reason rebase receive recognize recommend record \
recover redirect reduce refer reference refine reflect refresh register reject relate relay release rely remain remember \
remove rename render repair repeat replace replicate report represent request require reserve reset reside resolve \
respond restart restore restrict result resume retain retrieve return reuse revert review revoke rewrite rotate route \
sample satisfy save scale scan schedule scope search secure segment select separate serialize serve share shift ship \
sign signal simplify simulate skip solve sort specialize specify sponsor stage stand start state stop store stream \
strip structure submit subscribe succeed suggest summarize supersede supply support suspend swap switch sync \
synchronize tag target test track transfer transform translate transmit transport travel treat trigger troubleshoot \
trust try tunnel turn unify uninstall update upgrade upload use utilize validate verify version view virtualize visit \
visualize wait walk want warn watch work wrap yield zip obfuscate extend conserve govern route tune own unpack invent hand advance halve branch stash squash traverse overload annotate deserialize marshal lint refactor drain evict shard probe instrument throttle retry deny mutate unmount archive \
normalize denote emulate encourage exhibit oversee inhabit dub collaborate accompany constitute reconcile subdivide kick prescribe excel";

/// Verbs with forms of their own: base, then past forms.
pub(super) const IRREGULAR: &str = "\
have had
do did done
write wrote written
run ran run
hold held
send sent
build built
make made
give gave given
take took taken
get got gotten
keep kept
set set
put put
let let
find found
know knew known
become became become
begin began begun
choose chose chosen
read read
see saw seen
speak spoke spoken
drive drove driven
lose lost
lead led
leave left
mean meant
meet met
split split
spread spread
draw drew drawn
tell told
understand understood
bring brought
feed fed
go went gone
grow grew grown
hide hid hidden
show showed shown
bind bound
break broke broken
rewrite rewrote rewritten
oversee oversaw overseen
withstand withstood
forbid forbade forbidden
override overrode overridden
rebuild rebuilt
overwrite overwrote overwritten
freeze froze frozen
come came come
pay paid
sell sold
spend spent
buy bought
learn learnt
catch caught
teach taught
fall fell fallen
lie lay lain
think thought
fight fought
win won
sit sat
rise rose risen
do did done
mislead misled
cut cut
shut shut
reset reset
cast cast
hit hit
";

/// Words ending in `ing` that are nouns more often than verbs.
pub(super) const ING_NOUNS: &str = "\
networking computing processing engineering programming hosting routing billing metering logging monitoring scheduling \
testing debugging tuning learning training tracing caching clustering messaging storing branching versioning \
provisioning balancing string thing ring king spring meaning setting building listing mapping binding timing mining \
peering tunneling switching addressing authoring accounting multithreading threading packaging tooling streaming \
scaling subnetting virtualizing imaging typing naming operating mounting working existing underlying running \
remaining following corresponding outgoing incoming missing matching sharing computing multitasking interesting \
nothing something anything everything";

/// Bases of verbs that are no nouns: after a plural they are verbs, whatever came before.
pub(super) const NO_NOUNS: &str = "\
include contain provide allow enable require consist describe define determine ensure encrypt gather maintain become \
exist choose receive send understand communicate collaborate configure decide obtain achieve avoid belong depend rely \
specify apply build create store manage connect deploy develop keep give make write run execute operate expect remain \
add find generate deliver serve solve improve protect prevent identify combine separate reduce";

/// Verbs after whose object stands the bare form of what it does: `helps gardeners water beds`.
pub(super) const HELPING: &str = "help let make";

/// Verbs that are complete without an object: at the head of a fragment, with a preposition, they are verbs.
pub(super) const INTRANSITIVE: &str = "\
check run listen wait act look search scan serve consist belong depend refer apply comply conform communicate interact \
work operate rely adhere reside live connect correspond relate point respond integrate contrast differ talk";

/// After these, `to` has a noun behind it more often than a verb.
pub(super) const GOVERNING: &str = "\
assigned given attached connected mapped related applied dedicated bound linked added similar sent belonging returned \
passed exposed presented delivered according compared restricted limited equal next prior due tied opposed converted \
moved written copied specific visible accessible available";

/// Past forms that are no participles.
pub(super) const PAST_ONLY: &str = "\
wrote ran gave took knew began chose saw spoke drove drew went grew hid broke rewrote came fell became was were did got \
arose";
