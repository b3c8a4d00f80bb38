// Writes the golden models and their prompts to a folder: NAME.gguf and
// NAME.tokens.  See README.md.
#include <cstdio>
#include <fstream>
#include <string>

#include "golden/models.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  for (const tenon::NamedModel& named : tenon::GoldenModels()) {
    const std::string stem = std::string(argv[1]) + "/" + named.name;
    const auto tiny =
        tenon::testing_support::MakeTinyModel(named.options, named.seed);
    std::ofstream file(stem + ".gguf", std::ios::binary);
    file.write(reinterpret_cast<const char*>(tiny.file.data()),
               static_cast<std::streamsize>(tiny.file.size()));
    std::ofstream tokens(stem + ".tokens");
    for (int32_t token : tenon::PromptFor(named, 12)) tokens << token << "\n";
    if (!file || !tokens) {
      std::fprintf(stderr, "cannot write %s.gguf\n", stem.c_str());
      return 1;
    }
  }
  return 0;
}
