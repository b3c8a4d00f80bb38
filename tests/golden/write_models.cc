// Writes the golden models and their prompts to a folder: NAME.gguf and
// NAME.tokens.  See README.md.
#include <cstdio>
#include <fstream>
#include <string>

#include "golden/models.h"

namespace tenon {
namespace {

template <typename Options>
bool Write(const Named<Options>& named, const std::string& folder) {
  const std::string stem = folder + "/" + named.name;
  const auto tiny = MakeTiny(named);
  std::ofstream file(stem + ".gguf", std::ios::binary);
  file.write(reinterpret_cast<const char*>(tiny.file.data()),
             static_cast<std::streamsize>(tiny.file.size()));
  std::ofstream tokens(stem + ".tokens");
  for (int32_t token : PromptFor(named, kGoldenRows)) tokens << token << "\n";
  if (file && tokens) return true;
  std::fprintf(stderr, "cannot write %s.gguf\n", stem.c_str());
  return false;
}

}  // namespace
}  // namespace tenon

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  bool written = true;
  for (const auto& named : tenon::GoldenModels())
    written = tenon::Write(named, argv[1]) && written;
  for (const auto& named : tenon::GoldenDeltaNets())
    written = tenon::Write(named, argv[1]) && written;
  return written ? 0 : 1;
}
