"""Word lists for the corpus: every slot of the story templates that is filled by a plain word.

A list is written as one comma-separated string; a slot {fruit} takes a word of WORDS["fruit"].
"""


def split(text):
    """'a, b,\n c' -> ['a', 'b', 'c']"""
    return [word.strip() for word in text.replace("\n", " ").split(",") if word.strip()]


GIRLS = split("""Lily, Mia, Anna, Emma, Sara, Lucy, Ella, Nora, Ruby, Rosa, Ivy, Zoe, Clara, Molly,
    Daisy, Hannah, Alice, Grace, Maya, Lena, Sophie, Eva, June, Kate, Amy, Polly, Tina, Bella,
    Nina, Wendy, Jane, Martha, Olivia, Penny, Holly, Kira, Tess, Hazel, Luna, Greta""")
BOYS = split("""Tom, Ben, Max, Sam, Leo, Jack, Finn, Oscar, Noah, Peter, Tim, Henry, Jake, Oliver,
    Paul, Eli, Hugo, Adam, Luke, Felix, Simon, Theo, Billy, Mark, Arthur, Ned, Dan, Otto, Karl,
    Joe, Ivan, Toby, Will, George, Alex, Omar, Nico, Milo, Ravi, Kenji""")
PETS = split("""Pip, Rusty, Fluffy, Dot, Spot, Bramble, Pepper, Nibbles, Sunny, Biscuit, Cocoa,
    Misty, Patch, Ginger, Whiskers, Clover, Button, Hazelnut, Pebble, Maple, Twig, Bubbles, Mossy,
    Honey, Tiny, Willow, Snowy, Sparky, Poppy, Acorn""")
SPECIES = split("""fox, rabbit, bear, mouse, hedgehog, squirrel, owl, frog, duck, turtle, cat, dog,
    wolf, deer, badger, beaver, mole, otter, goat, sheep, pig, hen, goose, pony, raccoon, monkey,
    elephant, lion, tiger, penguin, kitten, puppy, sparrow, robin, lizard, donkey, panda, koala,
    bunny, cow""")
FAMILY = [("mother", "she"), ("father", "he"), ("grandmother", "she"), ("grandfather", "he"),
          ("aunt", "she"), ("uncle", "he"), ("big sister", "she"), ("big brother", "he")]
CHILD_HOMES = split("""in a small village, in a little house by the sea, in a quiet town,
    at the edge of the forest, on a big farm, in a tall house in the city, near a wide river,
    in a cosy cottage on a hill, in a village at the foot of the mountains, next to the old mill,
    in a yellow house with a red door, in a little town near the lake""")
ANIMAL_HOMES = split("""in a hollow tree, deep in the forest, under the roots of an old oak,
    beside a quiet pond, in a cosy den, at the edge of a green meadow, on a sunny hill,
    behind the old barn, near a clear stream, in a small cave, in a warm nest of leaves,
    in the garden of an old farm""")
PLACES = [("in", p) for p in split("""the forest, the garden, the meadow, the park, the field,
    the valley, the orchard, the woods""")] + [("at", p) for p in split("""the lake, the beach,
    the market, the farm, the playground""")] + [("by", p) for p in split("""the river, the pond,
    the old bridge, the stream, the sea, the windmill""")] + [("on", p) for p in split("""the hill,
    the mountain, the island""")]

WORDS = {name: split(text) for name, text in {
    "trait": """kind, little, young, brave, curious, clever, shy, cheerful, quiet, gentle, funny,
        small, happy, lively, friendly, careful, playful, hungry, sleepy, silly, polite, bold,
        patient, busy, lonely, merry, smart, tiny""",
    "color": """red, blue, green, yellow, orange, purple, pink, brown, white, black, silver,
        golden, grey""",
    "obj": """ball, kite, hat, scarf, toy boat, bucket, cup, lantern, drum, wagon, umbrella, button,
        ribbon, blanket, backpack, whistle, spoon, basket, mitten, paintbrush, pencil, toy train,
        toy car, doll, teddy bear, flute, jar, comb, bow, coat, top, puppet, bag""",
    "find": """key, ring, coin, shell, map, book, feather, bell, marble, necklace, watch, letter,
        mirror, locket, crown, glove, purse, button, wooden box, compass, bracelet, lamp, trumpet,
        medal, brush, pearl""",
    "food": """loaf of bread, pie, cake, sandwich, bowl of soup, piece of cheese, pancake, muffin,
        bun, pot of honey, plate of cookies, basket of berries, bag of nuts, bowl of rice,
        slice of melon, jar of jam, carrot, big apple""",
    "fruit": """apple, pear, plum, cherry, peach, orange, berry, banana, lemon, melon, grape,
        fig""",
    "plant": """sunflower, rose, tulip, pumpkin, bean plant, apple tree, carrot, strawberry plant,
        tomato plant, daisy, pea plant, cherry tree""",
    "critter": """bird, butterfly, ladybug, kitten, puppy, baby rabbit, duckling, baby owl,
        lamb, frog, baby squirrel, beetle, mouse, baby deer, hedgehog, chick""",
    "weekday": """Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday""",
    "season": "spring, summer, autumn, winter",
    "weather": """sunny, windy, cloudy, warm, cold, rainy, foggy, bright, quiet, fine, hot, frosty,
        misty, mild""",
    "glad": """happy, glad, proud, joyful, very happy, warm inside, cheerful, delighted,
        full of joy,
        thankful, pleased, so happy""",
    "sad": "sad, upset, unhappy, worried, miserable, gloomy",
    "afraid": "afraid, scared, frightened, nervous, worried, anxious",
    "big": "big, huge, large, great, very big",
    "small": "small, tiny, little, short",
    "nice": """pretty, lovely, beautiful, shiny, wonderful, fine, special, bright,
        splendid, sparkling, charming""",
    "skill": """swim, whistle, ride a bicycle, skate, juggle, dance, climb a tree, tie a knot,
        skip rope, paint, play the flute, stand on one leg, jump over the stream, catch a ball,
        row a boat, play the drum""",
    "build": """treehouse, raft, sandcastle, bird house, snow fort, toy castle, wooden cart,
        little bridge, swing, tent, stone tower, toy boat""",
    "instrument": "flute, drum, violin, piano, trumpet, harp, guitar, bell, horn, banjo",
    "monster": """shadow, noise, tapping sound, strange light, squeak, rustling sound, low hum,
        scratching sound""",
    "treasure": """chest of old coins, box of bright shells, bag of marbles, jar of honey,
        nest of painted eggs, box of toys, chest of books, box of chocolate, golden bell""",
    "wish": """fly, be very tall, talk to the stars, be as strong as a bear, have a hundred friends,
        eat cake every day, never go to bed, be invisible, make it snow, be the king""",
    "job": """baker, farmer, fisherman, teacher, tailor, gardener, painter, shoemaker, miller,
        postman, carpenter, doctor, blacksmith, librarian, shepherd""",
    "vehicle": "boat, cart, sled, bicycle, wagon, little train, raft, balloon",
    "dish": """soup, stew, apple pie, carrot cake, bread, pancakes, jam, porridge, honey cookies,
        pumpkin pie, cheese rolls""",
    "hiding": """under the bed, behind the door, under a big leaf, in a hollow log, behind a stone,
        in a pile of straw, under a bush, between two rocks, in the tall grass, behind the barn,
        under an old blanket, inside a boot, on top of the shelf, in a basket""",
    "tree": "oak tree, apple tree, willow, pine tree, tall tree, cherry tree, old tree, birch tree",
    "time": """a long time, two hours, the whole morning, the whole afternoon, many days, a week,
        three days, an hour, half a day""",
    "days": "many days, a week, three weeks, many weeks, a month, ten days, two weeks",
    "number": "two, three, four, five, six, seven, eight, nine, ten, twelve",
    "game": """hide and seek, tag, catch, a guessing game, marbles, a game with stones, hopscotch,
        a game of cards, checkers""",
    "contest": """singing contest, dancing contest, kite contest, baking contest, jumping contest,
        drawing contest, story contest, sandcastle contest""",
}.items()}

# (base form, -ing form)
HOBBIES = [tuple(pair.split("/")) for pair in split("""sing/singing, dance/dancing, draw/drawing,
    read books/reading books, climb trees/climbing trees, play in the mud/playing in the mud,
    pick flowers/picking flowers, count the stars/counting the stars, run/running,
    collect stones/collecting stones, bake/baking, tell jokes/telling jokes, explore/exploring,
    watch the clouds/watching the clouds, jump in puddles/jumping in puddles, paint/painting,
    make things/making things, listen to stories/listening to stories, help others/helping others,
    play in the rain/playing in the rain, look for bugs/looking for bugs,
    fly kites/flying kites, swim/swimming, build towers/building towers""")]

IRREGULAR = {"mouse": "mice", "goose": "geese", "wolf": "wolves", "sheep": "sheep", "deer": "deer",
             "leaf": "leaves", "child": "children", "foot": "feet", "tooth": "teeth",
             "fish": "fish",
             "baby deer": "baby deer", "cherry": "cherries",
             "berry": "berries", "pony": "ponies", "butterfly": "butterflies", "puppy": "puppies",
             "bunny": "bunnies", "fly": "flies", "donkey": "donkeys", "monkey": "monkeys",
             "daisy": "daisies", "knife": "knives", "calf": "calves", "peach": "peaches"}


def plural(noun):
    """'fox' -> 'foxes', 'mouse' -> 'mice'"""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
