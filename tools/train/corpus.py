"""Writes the corpus: short stories and chat turns, made from templates, seeded.

    corpus.py OUTPUT.txt [--stories 50000] [--chats 46000] [--seed 1]

One document after another, each ended by <|endoftext|>, in random order. Standard library only.
"""
import argparse
import os
import random

import facts
import grammar
import words

HERE = os.path.dirname(os.path.abspath(__file__))
STORY_FILES = [os.path.join(HERE, name) for name in ("stories_a.txt", "stories_b.txt")]
END = "<|endoftext|>\n"


def options(text):
    return [" ".join(part.split()) for part in text.split(";")]


SYSTEM = options("""You are a helpful assistant.; You are a friendly assistant.; You tell
    stories to children.; You are a kind teacher.; Answer in one short sentence.; You are Tenon,
    a tiny assistant.; You are a helpful assistant that answers simple questions.; You are a
    storyteller.""")
ASK_STORY = options("""Tell me a story about {x}.; Tell me a short story about {x}.; Please tell
    me a story about {x}.; Write a story about {x}.; Write a short story about {x}.; Can you
    tell me a story about {x}?; I want a story about {x}.; Could you write a story about {x}?; A
    story about {x}, please.; I would like to hear a story about {x}.; Tell me about {x} in a
    story.; Make up a story about {x}.""")
ASK_ANY = options("""Tell me a story.; Tell me a short story.; Please tell me a story.; Can you
    tell me a story?; I want a story.; Write a short story.; Do you know a story? Please tell
    it.; Tell me another story.; I would like to hear a story.""")
GIVE_STORY = ["Read this story and answer the question.\n\n{s}\n\n{q}", "{s}\n\n{q}",
              "Here is a story.\n\n{s}\n\n{q}", "{q}\n\n{s}", "Story: {s}\n\nQuestion: {q}"]
GREETINGS = ["Hello! ", "Hi! ", "Please tell me: ", "I have a question. "]


class Writer:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.macros, self.templates = grammar.load(STORY_FILES)
        groups = facts.all_groups()
        self.weights, self.groups = [w for w, _ in groups], [g for _, g in groups]

    def story(self, kind=None, name=None, theme=None):
        templates = [t for t in self.templates if theme in (None, t["theme"])]
        return grammar.write_story(self.rng, self.macros, self.rng.choice(templates), kind, name)

    def fact_turns(self):
        """One to six questions, sometimes all of one group."""
        rng = self.rng
        group = rng.choices(self.groups, self.weights)[0]
        same = rng.random() < 0.3
        turns = []
        for _ in range(rng.choice([1, 2, 3, 4, 5, 6])):
            group = group if same else rng.choices(self.groups, self.weights)[0]
            fact = rng.choice(group)
            turns.append((self.casual(rng.choice(fact.questions)), rng.choice(fact.answers)))
        return turns

    def casual(self, question):
        """Sometimes the way people really type: small letters, no question mark, a greeting."""
        kind = self.rng.random()
        if kind < 0.08:
            return question.lower()
        if kind < 0.14:
            return question.rstrip("?.!")
        if kind < 0.18:
            return question.lower().rstrip("?.!")
        if kind < 0.22:
            return self.rng.choice(GREETINGS) + question
        return question

    def story_request(self):
        """A request, a story that fits it, and sometimes questions about the story."""
        rng, subject = self.rng, self.rng.random()
        if subject < 0.5:
            kind = rng.choice(words.SPECIES + ["girl", "boy"])
            named = rng.random() < 0.4
            story = self.story(kind=kind)
            x = facts.article(kind) + (" named " + story["name"] if named else "")
        elif subject < 0.65:
            story = self.story()
            x = story["name"]
        elif subject < 0.85:
            story = self.story()
            x = story["theme"]
        else:
            story, x = self.story(), None
        ask = rng.choice(ASK_STORY).format(x=x) if x else rng.choice(ASK_ANY)
        turns = [(self.casual(ask), story["text"])]
        if rng.random() < 0.5:
            turns += rng.sample(story["qa"], min(len(story["qa"]), rng.randint(1, 3)))
        elif rng.random() < 0.2:
            turns.append((rng.choice(["Thank you!", "That was nice.", "I like this story."]),
                          rng.choice(["You are welcome!", "I am glad that you like it."])))
        return turns

    def story_questions(self):
        """The user gives a story and asks about it."""
        story = self.story()
        pairs = self.rng.sample(story["qa"], min(len(story["qa"]), self.rng.randint(1, 4)))
        (question, answer), more = pairs[0], pairs[1:]
        form = self.rng.choice(GIVE_STORY)
        return [(form.format(s=story["text"], q=question), answer)] + more

    def chat(self):
        kind = self.rng.random()
        turns = (self.fact_turns() if kind < 0.7 else self.story_request() if kind < 0.88
                 else self.story_questions())
        messages = []
        if self.rng.random() < 0.25:
            messages.append(("system", self.rng.choice(SYSTEM)))
        for question, answer in turns:
            messages += [("user", question), ("assistant", answer)]
        return "".join("<|im_start|>%s\n%s<|im_end|>\n" % message for message in messages)


def main():
    parser = argparse.ArgumentParser(description="write the corpus")
    parser.add_argument("output")
    parser.add_argument("--stories", type=int, default=50000)
    parser.add_argument("--chats", type=int, default=46000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    writer, kinds = Writer(args.seed), ["story"] * args.stories + ["chat"] * args.chats
    writer.rng.shuffle(kinds)
    size = {"story": 0, "chat": 0}
    with open(args.output, "w", encoding="ascii") as file:
        for kind in kinds:
            text = writer.story()["text"] if kind == "story" else writer.chat()
            size[kind] += len(text)
            file.write(text + END)
    print("bytes:", size)


if __name__ == "__main__":
    main()
