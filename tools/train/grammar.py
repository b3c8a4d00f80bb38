"""The template language of the story files, and the story writer.

    [a|b]      one of several texts (nestable)   {slot}   a word, the same for the whole story
    {~slot}    a fresh word each time            {slot:s} its plural
    {Slot}     with a capital                    {@name}  a macro: another template
    {N} {F} {E} {P}  hero, friend, grown-up, pet        {he} {him} {his} {himself}, {fhe}.., {ehe}..

A story file has macros ("@name" and the text below it; the same name twice = alternatives) and
stories ("== title | theme" and paragraphs; "? question => answer" lines ask about the story).
"""
import re

import words
from words import WORDS, plural

PRONOUNS = {"he": ("he", "him", "his", "himself"), "she": ("she", "her", "her", "herself")}
SUFFIXES = ("he", "him", "his", "himself")


def parse(text):
    """Template text -> list of nodes: a str, ("slot", name) or ("alt", [node lists])."""
    nodes, pos = _parse_sequence(text, 0)
    if pos != len(text):
        raise ValueError("unbalanced ] or | in: " + text[max(0, pos - 60):pos + 20])
    return nodes


def _parse_sequence(text, pos, inside=False):
    nodes, start = [], pos
    while pos < len(text) and not (inside and text[pos] in "|]"):
        char = text[pos]
        if char not in "[{":
            pos += 1
            continue
        nodes.append(text[start:pos])
        if char == "{":
            end = text.index("}", pos)
            nodes.append(("slot", text[pos + 1:end]))
            pos = end + 1
        else:
            options = []
            while text[pos] != "]":
                option, pos = _parse_sequence(text, pos + 1, True)
                options.append(option)
            nodes.append(("alt", options))
            pos += 1
        start = pos
    nodes.append(text[start:pos])
    return [n for n in nodes if n != ""], pos


def load(paths):
    """Story files -> (macros: name -> [nodes], stories: [dict(title, theme, body, questions)])"""
    macros, stories, target = {}, [], None
    for path in paths:
        for line in open(path, encoding="ascii").read().split("\n"):
            line = line.strip()
            if line.startswith("# ") or line.startswith("#   "):
                continue
            if line.startswith("=="):
                title, theme = (part.strip() for part in line[2:].split("|"))
                target = []
                stories.append({"title": title, "theme": theme, "body": target, "questions": []})
            elif line.startswith("@"):
                target = []
                macros.setdefault(line[1:], []).append(target)
            elif line.startswith("? "):
                question, answer = (part.strip() for part in line[2:].split("=>"))
                stories[-1]["questions"].append((parse(question), parse(answer)))
            elif target is not None:
                target.append(line or "\n\n")
    macros = {name: [parse(_join(t)) for t in texts] for name, texts in macros.items()}
    for story in stories:
        story["body"] = parse(_join(story["body"]))
    return macros, stories


def _join(lines):
    text = " ".join(lines).strip()
    return re.sub(r" *([|\[\]]) *(?=[|\]])", r"\1", re.sub(r"\s*\n\n\s*", "\n\n", text))


def polish(text):
    """Repairs what composition breaks: blanks, "a apple", small letters at sentence starts."""
    text = re.sub(r" *\n\n *", "\n\n", re.sub(r" +", " ", text)).strip()
    text = re.sub(r"\b([Aa]) (?=[aeiouAEIOU])(?!(?:use|uni|one|Eu))", r"\1n ", text)
    text = re.sub(r"((?:[.!?]|\.\") )([a-z])", lambda m: m[1] + m[2].upper(), text)
    return re.sub(r"(^|\n\n)([a-z])", lambda m: m[1] + m[2].upper(), text)


class Story:
    """One run of a template: the people, the words bound so far and the text written."""

    def __init__(self, rng, macros, kind=None, name=None):
        self.rng, self.macros, self.out = rng, macros, ""
        self.bound, self.used, self.met = {}, {}, False
        child = kind in ("girl", "boy") if kind else rng.random() < 0.5
        self._person("N", "", child, kind, name)
        self._person("F", "f", rng.random() < (0.7 if child else 0.25), None, None)
        elder, she = rng.choice(words.FAMILY)
        self.bound["E"] = elder
        self._pronouns("e", she)
        self.bound["P"] = self._unused_name(words.PETS)
        preposition, place = rng.choice(words.PLACES)
        self.bound.update(place=place, inplace=preposition + " " + place)
        self.bound["home"] = rng.choice(words.CHILD_HOMES if child else words.ANIMAL_HOMES)
        self.bound["hobby"], self.bound["hobbying"] = rng.choice(words.HOBBIES)

    def _unused_name(self, names):
        taken = (self.bound.get("N"), self.bound.get("F"))
        return self.rng.choice([n for n in names if n not in taken])

    def _pronouns(self, prefix, which):
        for suffix, word in zip(SUFFIXES, PRONOUNS[which]):
            self.bound[prefix + suffix] = word

    def _person(self, slot, prefix, child, kind, name):
        she = self.rng.random() < 0.5
        if name:
            she = name in words.GIRLS or name not in words.BOYS and she
        if child:
            she = kind == "girl" if kind in ("girl", "boy") else she
            kind = "girl" if she else "boy"
            names = words.GIRLS if she else words.BOYS
        else:
            kind = kind or self.rng.choice(words.SPECIES)
            she = True if kind in ("hen", "cow") else she
            own = words.GIRLS if she else words.BOYS
            names = words.PETS if self.rng.random() < 0.6 else own
        self.bound[slot] = name or self._unused_name(names)
        self.bound[prefix + "kind"] = kind
        self._pronouns(prefix, "she" if she else "he")

    def pick(self, listname):
        """A word of a list that this story has not used yet, if there is one."""
        used = self.used.setdefault(listname, set())
        choices = [w for w in WORDS[listname] if w not in used] or WORDS[listname]
        word = self.rng.choice(choices)
        used.add(word)
        return word

    def friend(self):
        """The friend's name, introduced at the first mention outside of speech."""
        first = not self.met and self.out.count('"') % 2 == 0
        if first and not self.out.endswith(("friend ", "named ")):
            self.met = True
            return self.bound["his"] + " friend " + self.bound["F"]
        self.met = self.met or first
        return self.bound["F"]

    def friend_described(self):
        if self.met:
            return self.bound["F"]
        self.met = True
        return "a %s %s named %s" % (self.pick("trait"), self.bound["fkind"], self.bound["F"])

    def slot(self, name):
        if name == "F":
            return self.friend()
        if name.startswith("Fdesc"):
            return self.friend_described()
        if name.startswith("~"):
            return self.pick(name[1:])
        if name.endswith(":s"):
            return plural(self.slot(name[:-2]))
        if name in self.bound:
            return self.bound[name]
        if name[0].isupper():
            word = self.slot(name[0].lower() + name[1:])
            return word[0].upper() + word[1:]
        self.bound[name] = self.pick(name.rstrip("23"))
        return self.bound[name]

    def write(self, nodes):
        for node in nodes:
            if isinstance(node, str):
                self.out += node
            elif node[0] == "alt":
                self.write(self.rng.choice(node[1]))
            elif node[1].lstrip("@") in self.macros:
                self.write(self.rng.choice(self.macros[node[1].lstrip("@")]))
            else:
                self.out += self.slot(node[1])

    def fill(self, nodes):
        """A question or an answer with the words of the story, or None if it needs others."""
        text, needed = "", []
        for node in nodes:
            if isinstance(node, str):
                text += node
                continue
            name = node[1].removesuffix(":s")
            key = name if name in self.bound else name[0].lower() + name[1:]
            if key not in self.bound:
                return None
            word = self.bound[key]
            needed.append(word)
            word = plural(word) if node[1].endswith(":s") else word
            text += word if key == name else word[0].upper() + word[1:]
        story = self.out.lower()
        return polish(text) if all(w.lower() in story for w in needed) else None


def write_story(rng, macros, template, kind=None, name=None):
    """-> dict(text, qa: [(question, answer)], kind, name, theme)"""
    story = Story(rng, macros, kind, name)
    story.write(template["body"])
    story.out = polish(story.out)
    pairs = [(story.fill(q), story.fill(a)) for q, a in template["questions"]]
    bound = story.bound
    hero = bound["N"]
    pairs.append(("Who is the story about?", "The story is about %s." % hero))
    if bound["kind"] != bound["fkind"] and bound["kind"] in story.out:
        pairs.append(("What is the name of the %s?" % bound["kind"],
                      "The %s is called %s." % (bound["kind"], hero)))
    if bound["F"] in story.out and " friend " + bound["F"] in story.out:
        pairs.append(("Who is %s's friend?" % hero, "%s's friend is %s." % (hero, bound["F"])))
    if bound["home"] in story.out.lower():
        pairs.append(("Where did %s live?" % hero, "%s lived %s." % (hero, bound["home"])))
    return {"text": story.out, "qa": [p for p in pairs if p[0] and p[1]], "kind": bound["kind"],
            "name": hero, "theme": template["theme"]}
