"""The fixed facts the model is asked about: tables, and many ways to ask and to answer.

A Fact holds questions and answers: any of the questions goes with any of the answers.
"""
import os
from collections import namedtuple

from words import plural, split

Fact = namedtuple("Fact", "questions answers")

COLORS = {"grass": "green", "the sky": "blue", "snow": "white", "the sun": "yellow", "a banana":
    "yellow", "a lemon": "yellow", "a tomato": "red", "a strawberry": "red", "a carrot": "orange",
    "an orange": "orange", "coal": "black", "milk": "white", "a frog": "green",
    "a fire truck": "red",
    "chocolate": "brown", "a leaf in summer": "green", "a flamingo": "pink", "a crow": "black",
    "a swan": "white", "an elephant": "grey", "a cherry": "red", "a cucumber": "green",
    "a pumpkin": "orange", "a plum": "purple", "the sea": "blue", "a bear": "brown",
    "a polar bear": "white", "a pea": "green", "blood": "red", "salt": "white"}
# animal: (sound, home, food, baby, legs, ability)
ANIMALS = {
    "dog": ("woof", "in a kennel", "meat", "puppy", 4, "bark"),
    "cat": ("meow", "in a house", "fish and mice", "kitten", 4, "purr"),
    "cow": ("moo", "in a barn", "grass", "calf", 4, "give milk"),
    "sheep": ("baa", "in a field", "grass", "lamb", 4, "give wool"),
    "pig": ("oink", "in a sty", "almost everything", "piglet", 4, "roll in the mud"),
    "horse": ("neigh", "in a stable", "grass and hay", "foal", 4, "gallop"),
    "duck": ("quack", "by a pond", "water plants and bugs", "duckling", 2, "swim"),
    "hen": ("cluck", "in a coop", "seeds and corn", "chick", 2, "lay eggs"),
    "bee": ("buzz", "in a hive", "nectar from flowers", "larva", 6, "make honey"),
    "frog": ("croak", "in a pond", "flies", "tadpole", 4, "jump far"),
    "lion": ("roar", "on the grassland", "meat", "cub", 4, "roar very loudly"),
    "wolf": ("howl", "in the forest", "meat", "pup", 4, "howl at the moon"),
    "owl": ("hoot", "in a tree", "mice", "owlet", 2, "see in the dark"),
    "mouse": ("squeak", "in a hole", "seeds and cheese", "pup", 4, "hide in small holes"),
    "snake": ("hiss", "in the grass", "mice and eggs", "snakelet", 0, "move without legs"),
    "donkey": ("hee-haw", "in a stable", "hay", "foal", 4, "carry heavy things"),
    "goat": ("bleat", "on a farm", "grass and leaves", "kid", 4, "climb on rocks"),
    "bear": ("growl", "in a cave", "berries, fish and honey", "cub", 4, "sleep all winter"),
    "fox": ("yip", "in a den", "mice and berries", "cub", 4, "run quietly"),
    "rabbit": ("squeak", "in a burrow", "grass and carrots", "bunny", 4, "hop"),
    "squirrel": ("chatter", "in a tree", "nuts", "kit", 4, "climb trees"),
    "bird": ("tweet", "in a nest", "seeds and worms", "chick", 2, "fly and sing"),
    "spider": (None, "in a web", "flies", "spiderling", 8, "spin a web"),
    "fish": (None, "in the water", "small water animals", "fry", 0, "swim under water"),
    "monkey": ("chatter", "in the jungle", "fruit", "infant", 4, "swing from tree to tree"),
    "penguin": ("squawk", "on the ice", "fish", "chick", 2, "swim but not fly"),
    "elephant": ("trumpet", "on the grassland", "leaves and grass", "calf", 4,
                 "lift things with its trunk"),
    "turtle": (None, "in its shell", "plants", "hatchling", 4, "hide in its shell"),
    "ant": (None, "in an anthill", "crumbs and seeds", "larva", 6, "carry heavy crumbs"),
    "beaver": (None, "in a lodge in the river", "bark and leaves", "kit", 4, "build dams"),
    "camel": (None, "in the desert", "dry plants", "calf", 4, "go many days without water"),
    "whale": (None, "in the sea", "tiny sea animals", "calf", 0, "hold its breath very long"),
}
OPPOSITES = """hot/cold, big/small, up/down, in/out, day/night, happy/sad, fast/slow, old/young,
    new/old, long/short, high/low, hard/soft, light/dark, loud/quiet, wet/dry, open/closed,
    full/empty, early/late, good/bad, left/right, clean/dirty, thick/thin, heavy/light, strong/weak,
    near/far, first/last, rich/poor, black/white, yes/no, start/end, above/below, sweet/sour,
    brave/afraid, wide/narrow, tall/short, push/pull, give/take, win/lose, laugh/cry,
    friend/enemy"""
USES = {"a knife": "to cut things", "a spoon": "to eat soup", "a cup": "to drink from", "a pen":
    "to write", "a broom": "to sweep the floor", "a key": "to open a lock", "an umbrella":
    "to stay dry in the rain", "a lamp": "to make light", "a clock": "to tell the time", "a bed":
    "to sleep in", "a chair": "to sit on", "scissors": "to cut paper", "a hammer":
    "to hit nails into wood", "a needle": "to sew clothes", "soap": "to wash our hands", "a towel":
    "to dry ourselves", "a book": "to read", "a ladder": "to climb up high", "a boat":
    "to travel on water", "an oven": "to bake bread", "a fridge": "to keep food cold", "a coat":
    "to keep warm", "a brush": "to paint or to clean", "a bucket": "to carry water", "a map":
    "to find the way", "a bell": "to make a ringing sound", "a telephone":
    "to talk to people far away",
    "a pillow": "to rest our head on", "a toothbrush": "to clean our teeth", "glasses":
    "to see better", "a saw": "to cut wood", "a rope": "to tie things", "a shovel": "to dig",
    "a camera": "to take pictures", "a ruler": "to measure how long things are"}
JOBS = {"baker": "bakes bread and cakes", "farmer": "grows food and keeps animals", "doctor":
    "helps sick people", "teacher": "teaches children", "fisherman": "catches fish", "postman":
    "brings letters", "tailor": "makes clothes", "carpenter": "builds things from wood", "painter":
    "paints pictures and walls", "gardener": "takes care of plants", "shoemaker":
    "makes and repairs shoes", "firefighter": "puts out fires", "pilot": "flies airplanes", "cook":
    "makes meals", "miller": "grinds grain into flour", "shepherd": "looks after sheep",
    "librarian": "looks after books", "dentist": "takes care of teeth"}
SIZE_ORDER = split("""an ant, a bee, a mouse, a rabbit, a dog, a sheep, a horse, an elephant,
    a whale""")
DAYS = split("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
MONTHS = split("""January, February, March, April, May, June, July, August, September, October,
    November, December""")
SEASONS = {"spring": "it gets warmer and the flowers begin to grow", "summer":
    "it is hot and the days are long", "autumn": "the leaves turn red and yellow and fall down",
    "winter": "it is cold and it often snows"}
MONTH_SEASON = dict(zip(MONTHS, split("""winter, winter, spring, spring, spring, summer, summer,
    summer, autumn, autumn, autumn, winter""")))
NUMBERS = split("""zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve,
    thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty""")


def listed_facts(path):
    """The file facts.txt -> {title: [Fact]}; the questions of "unknown" share their answers."""
    groups, questions = {}, ""
    text = open(path, encoding="ascii").read().replace("\n   ", " ")
    for line in text.split("\n"):
        if line.startswith("=="):
            facts = groups.setdefault(line[2:].strip(), [])
        elif line.startswith("=>"):
            facts.append(Fact(questions.split("; "), line[2:].strip().split("; ")))
            questions = ""
        elif line and not line.startswith("#"):
            questions += ("; " if questions else "") + line
    groups["unknown"] = [Fact([q], f.answers) for f in groups["unknown"] for q in f.questions]
    return groups


def article(noun):
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def cap(text):
    return text[0].upper() + text[1:]


def fact(questions, answers, *values):
    """Templates separated by "; ": {0} is the first value, {C0} the same with a capital."""
    names = {"C%d" % i: cap(str(value)) for i, value in enumerate(values)}
    return Fact(*([t.format(*values, **names) for t in " ".join(text.split()).split("; ")]
                  for text in (questions, answers)))


def simple_facts():
    """Colors, uses, jobs and opposites."""
    out = []
    for thing, color in COLORS.items():
        out.append(fact("""What color is {0}?; Which color does {0} have?; Can you tell me the color
            of {0}?; What is the color of {0}?; Tell me what color {0} is.""",
                        "{C0} is {1}.; The color of {0} is {1}.", thing, color))
    for thing, use in USES.items():
        verb = "are" if thing in ("scissors", "glasses") else "is"
        out.append(fact("""What {2} {0} used for?; What do we use {0} for?; Why do people need {0}?;
            What can I do with {0}?""",
                        "We use {0} {1}.; {C0} {2} used {1}.", thing, use, verb))
    for job, work in JOBS.items():
        out.append(fact("What does {0} do?; What is the work of {0}?; What is {0}?",
                        "{C0} {1}.; A person who {1} is called {0}.", article(job), work))
        out.append(fact("Who {1}?; What do you call someone who {1}?",
                        "{C0} {1}.; {C0} does that.", article(job), work))
    for pair in split(OPPOSITES):
        for one, two in (pair.split("/"), pair.split("/")[::-1]):
            if (one, two) in (("old", "new"), ("short", "long"), ("light", "heavy")):
                continue
            out.append(fact("""What is the opposite of {0}?; What is the opposite of the word {0}?;
                Tell me the opposite of {0}.; Opposite of {0}?""",
                            "The opposite of {0} is {1}.", one, two))
    return out


def animal_facts():
    out = []
    for animal, (sound, home, food, baby, legs, ability) in ANIMALS.items():
        names = article(animal), plural(animal), animal
        if sound:
            out.append(fact("""What sound does {0} make?; What does {0} say?; Which sound do {1}
                make?; How does {0} sound?""",
                            "{C0} says {3}.; The {2} goes {3}.", *names, sound))
        out.append(fact("Where does {0} live?; Where do {1} live?; What is the home of {0}?",
                        "{C0} lives {3}.; You can find {0} {3}.", *names, home))
        out.append(fact("What does {0} eat?; What do {1} eat?; What is the food of {0}?",
                        "{C0} eats {3}.; {C1} eat {3}.", *names, food))
        out.append(fact("What is a baby {2} called?; What do you call a baby {2}?",
                        "A baby {2} is called {3}.", *names, article(baby)))
        out.append(fact("How many legs does {0} have?; How many legs do {1} have?",
                        "{C0} has {3} legs.", *names, NUMBERS[legs] if legs else "no"))
        out.append(fact("""What can {0} do?; Tell me something about {1}.; Tell me about the {2}.;
            What do you know about {1}?""",
                        "{C0} lives {3} and eats {4}. It can {5}.", *names, home, food, ability))
    return out


def order_facts():
    """Days, months, seasons and sizes."""
    out = []
    for names, what in ((DAYS, "day"), (MONTHS, "month")):
        for i, name in enumerate(names):
            out.append(fact("""What comes after {0}?; Which {2} comes after {0}?; Which {2} is after
                {0}?""", "After {0} comes {1}.; {1} comes after {0}.",
                            name, names[(i + 1) % len(names)], what))
            out.append(fact("What comes before {0}?; Which {2} comes before {0}?",
                            "Before {0} comes {1}.; {1} comes before {0}.",
                            name, names[i - 1], what))
    for month, season in MONTH_SEASON.items():
        out.append(fact("In which season is {0}?; Which season is it in {0}?", "{0} is in {1}.",
                        month, season))
    for season, what in SEASONS.items():
        out.append(fact("What is {0} like?; What happens in {0}?; Tell me about {0}.",
                        "In {0} {1}.", season, what))
    for i, small in enumerate(SIZE_ORDER):
        for big in SIZE_ORDER[i + 1:]:
            out.append(fact("""Which is bigger, {0} or {1}?; Which is bigger, {1} or {0}?; What is
                bigger, {0} or {1}?""", "{C1} is bigger than {0}.", small, big))
            out.append(fact("Which is smaller, {0} or {1}?; Which is smaller, {1} or {0}?",
                            "{C0} is smaller than {1}.", small, big))
            out.append(fact("Is {1} bigger than {0}?", "Yes, {1} is bigger than {0}.", small, big))
            out.append(fact("Is {0} bigger than {1}?", "No, {0} is smaller than {1}.", small, big))
    return out


def number_facts():
    """Sums and differences from 0 to 20, the numbers before and after, counting."""
    out = []
    for a in range(11):
        for b in range(11):
            out.append(fact("""What is {0} plus {1}?; What is {0} + {1}?; {0} + {1}; How much is {0}
                plus {1}?; Add {0} and {1}.""", "{0} plus {1} is {2}.", a, b, a + b))
            out.append(fact("What is {0} plus {1}?", "{C0} plus {1} is {2}.",
                            NUMBERS[a], NUMBERS[b], NUMBERS[a + b]))
            if a >= b:
                out.append(fact("""What is {0} minus {1}?; What is {0} - {1}?; {0} - {1}; How much
                    is {0} minus {1}?""", "{0} minus {1} is {2}.", a, b, a - b))
    for n in range(20):
        out.append(fact("What number comes after {0}?; Which number is after {0}?",
                        "The number after {0} is {1}.", n, n + 1))
        out.append(fact("What number comes before {1}?", "The number before {1} is {0}.", n, n + 1))
    for top in (3, 5, 8, 10):
        out.append(fact("Count to {0}.; Can you count to {0}?; Please count to {1}.", "{2}",
                        top, NUMBERS[top], ", ".join(map(str, range(1, top))) + " and %d." % top))
    return out


def all_groups():
    """-> list of (weight, [Fact]); a weight says how often a group is asked about."""
    listed = listed_facts(os.path.join(os.path.dirname(os.path.abspath(__file__)), "facts.txt"))
    return [(4, simple_facts() + listed["things"]), (4, animal_facts()), (2, order_facts()),
            (2, number_facts()), (1.2, listed["talk"]), (0.6, listed["unknown"])]
