#include "file_gguf/shards.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "file_gguf/cursor.h"
#include "file_gguf/header.h"
#include "file_gguf/metadata_section.h"

namespace tenon::gguf {
namespace {

constexpr std::string_view kNumberKey = "split.no";
constexpr std::string_view kCountKey = "split.count";
constexpr std::string_view kTensorCountKey = "split.tensors.count";
constexpr std::string_view kArchitectureKey = "general.architecture";

// One file of a model, opened.
struct Shard {
  std::unique_ptr<ByteSource> source;
  Header header;

  std::string_view name() const { return source->name(); }
  const Metadata& metadata() const { return header.metadata; }
  Cursor cursor() const { return {name(), header.bytes, source->size()}; }
  Status KeyError(std::string_view key, std::string_view what) const {
    return gguf::KeyError(cursor(), metadata(), key, what);
  }
};

// Which shard a file is, counted from 0, and how many there are.
struct Place {
  uint32_t number;
  uint32_t count;
};

StatusOr<Shard> OpenShard(std::unique_ptr<ByteSource> source) {
  TENON_ASSIGN_OR_RETURN(Header header, ReadHeader(*source));
  return Shard{std::move(source), std::move(header)};
}

StatusOr<uint32_t> U32Or(const Shard& shard, std::string_view key,
                         uint32_t otherwise) {
  const StatusOr<uint32_t> value = shard.metadata().U32Or(key, otherwise);
  if (value.ok()) return value;
  return shard.KeyError(key, value.status().message());
}

StatusOr<Place> PlaceOf(const Shard& shard) {
  Place place;
  TENON_ASSIGN_OR_RETURN(place.number, U32Or(shard, kNumberKey, 0));
  TENON_ASSIGN_OR_RETURN(place.count, U32Or(shard, kCountKey, 1));
  if (place.number > 0 && place.number >= place.count) {
    return shard.KeyError(kNumberKey,
                          absl::StrCat("is ", place.number, ", but there are ",
                                       place.count, " shards"));
  }
  return place;
}

std::string SuffixOf(Place place) {
  return absl::StrCat("-", absl::Dec(place.number + 1, absl::kZeroPad5), "-of-",
                      absl::Dec(place.count, absl::kZeroPad5), ".gguf");
}

// "dir/model-00001-of-00003.gguf" -> "model"
StatusOr<std::string_view> Prefix(const Shard& shard, Place place) {
  std::string_view name = shard.name();
  name.remove_prefix(name.find_last_of("/\\") + 1);  // npos + 1 is 0
  const std::string suffix = SuffixOf(place);
  if (!name.ends_with(suffix)) {
    return shard.KeyError(
        kCountKey,
        absl::StrCat("this is shard ", place.number + 1, " of ", place.count,
                     ", so its name has to end in ", Quoted(suffix)));
  }
  name.remove_suffix(suffix.size());
  return name;
}

Status CheckIsFirst(const Shard& shard, Place place) {
  if (place.number == 0) return absl::OkStatus();
  TENON_ASSIGN_OR_RETURN(const std::string_view prefix, Prefix(shard, place));
  return shard.KeyError(
      kNumberKey,
      absl::StrCat("this is shard ", place.number + 1, " of ", place.count,
                   "; open the first one, ",
                   Quoted(absl::StrCat(prefix, SuffixOf({0, place.count})))));
}

// Whether `shard` belongs to the model of `first`, at `expected`.
Status CheckBelongs(const Shard& shard, Place expected, const Shard& first) {
  TENON_ASSIGN_OR_RETURN(const Place place, PlaceOf(shard));
  if (place.number != expected.number || place.count != expected.count) {
    return absl::InvalidArgumentError(absl::StrCat(
        shard.name(), ": metadata 'split.no' and 'split.count' say shard ",
        place.number + 1, " of ", place.count, ", not ", expected.number + 1,
        " of ", expected.count));
  }
  const auto architecture = shard.metadata().String(kArchitectureKey);
  const auto wanted = first.metadata().String(kArchitectureKey);
  if (!architecture.ok() || !wanted.ok() || *architecture == *wanted) {
    return absl::OkStatus();
  }
  return shard.KeyError(
      kArchitectureKey,
      absl::StrCat("is ", Quoted(*architecture),
                   ", but that of the first shard is ", Quoted(*wanted)));
}

// Opens the shards after the first.
Status OpenOthers(std::vector<Shard>& shards, uint32_t count,
                  const SiblingOpener& siblings) {
  if (!siblings) {
    return shards[0].KeyError(kCountKey, "its other shards cannot be opened");
  }
  const Place first{0, count};
  TENON_ASSIGN_OR_RETURN(const std::string_view prefix,
                         Prefix(shards[0], first));
  for (uint32_t i = 1; i < count; ++i) {
    const Place place{i, count};
    const std::string name = absl::StrCat(prefix, SuffixOf(place));
    TENON_ASSIGN_OR_RETURN(auto source, siblings(name));
    TENON_ASSIGN_OR_RETURN(Shard shard, OpenShard(std::move(source)));
    TENON_RETURN_IF_ERROR(CheckBelongs(shard, place, shards[0]));
    shards.push_back(std::move(shard));
  }
  return absl::OkStatus();
}

Status CheckTensorCount(const Shard& first, size_t total) {
  TENON_ASSIGN_OR_RETURN(
      const uint32_t count,
      U32Or(first, kTensorCountKey, static_cast<uint32_t>(total)));
  if (count == total) return absl::OkStatus();
  return first.KeyError(
      kTensorCountKey,
      absl::StrCat("is ", count, ", but the shards have ", total));
}

// All tensors of all shards, in file order.
StatusOr<std::vector<TensorInfo>> AllTensors(std::span<const Shard> shards) {
  std::vector<TensorInfo> all;
  std::set<std::string_view> names;
  for (uint32_t i = 0; i < shards.size(); ++i) {
    for (TensorInfo tensor : shards[i].header.tensors) {
      if (!names.insert(tensor.name).second) {
        const Cursor cursor = shards[i].cursor();
        return cursor.Error(
            {"tensor name"}, cursor.PositionOf(tensor.name) - kLengthBytes,
            absl::StrCat(Quoted(tensor.name), " is there twice"));
      }
      tensor.source = i;
      all.push_back(tensor);
    }
  }
  return all;
}

}  // namespace

StatusOr<ModelFile> OpenShards(std::unique_ptr<ByteSource> source,
                               const SiblingOpener& siblings) {
  std::vector<Shard> shards(1);
  TENON_ASSIGN_OR_RETURN(shards[0], OpenShard(std::move(source)));
  TENON_ASSIGN_OR_RETURN(const Place place, PlaceOf(shards[0]));
  TENON_RETURN_IF_ERROR(CheckIsFirst(shards[0], place));
  if (place.count > 1) {
    TENON_RETURN_IF_ERROR(OpenOthers(shards, place.count, siblings));
  }

  ModelFile file;
  TENON_ASSIGN_OR_RETURN(file.tensors, AllTensors(shards));
  TENON_RETURN_IF_ERROR(CheckTensorCount(shards[0], file.tensors.size()));
  file.format = shards[0].header.version == 2 ? "GGUF v2" : "GGUF v3";
  file.metadata = std::move(shards[0].header.metadata);
  for (Shard& shard : shards) {
    file.sources.push_back(std::move(shard.source));
    if (shard.header.buffer == nullptr) continue;
    file.headers.push_back(std::move(shard.header.buffer));
  }
  return file;
}

}  // namespace tenon::gguf
