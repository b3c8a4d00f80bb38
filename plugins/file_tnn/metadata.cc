#include "file_tnn/metadata.h"

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "file_tnn/manifest.h"

namespace tenon::tnn {
namespace {

using Element = NumberArray::Element;

static_assert(static_cast<int>(fb::NumberKind::Uint) ==
                  static_cast<int>(Element::kUint) &&
              static_cast<int>(fb::NumberKind::Int) ==
                  static_cast<int>(Element::kInt) &&
              static_cast<int>(fb::NumberKind::Float) ==
                  static_cast<int>(Element::kFloat) &&
              static_cast<int>(fb::NumberKind::Bool) ==
                  static_cast<int>(Element::kBool));

// --- Reading.  Errors are without the file and the key.

bool HasWidth(Element element, unsigned bytes) {
  switch (element) {
    case Element::kUint:
    case Element::kInt:
      return std::has_single_bit(bytes) && bytes <= 8;
    case Element::kFloat:
      return bytes == 4 || bytes == 8;
    case Element::kBool:
      return bytes == 1;
  }
  return false;  // a kind that this program does not know
}

StatusOr<MetaValue> ReadNumbers(const fb::NumbersValue& stored) {
  const auto element = static_cast<Element>(stored.kind());
  const unsigned width = stored.element_bytes();
  if (!HasWidth(element, width))
    return absl::InvalidArgumentError(
        absl::StrCat("numbers of kind ", static_cast<int>(stored.kind()),
                     " and ", width, " bytes are unknown"));
  if (stored.bytes()->size() % width != 0)
    return absl::InvalidArgumentError(
        absl::StrCat(stored.bytes()->size(), " bytes are no whole numbers of ",
                     width, " bytes"));
  const auto bytes =
      std::as_bytes(std::span(stored.bytes()->data(), stored.bytes()->size()));
  return MetaValue(NumberArray{element, static_cast<uint8_t>(width), bytes});
}

MetaValue ReadTexts(const fb::TextsValue& stored) {
  std::vector<std::string_view> texts;
  texts.reserve(stored.values()->size());
  for (const flatbuffers::String* text : *stored.values())
    texts.push_back(text->string_view());
  return texts;
}

StatusOr<MetaValue> ReadValue(const fb::Entry& entry) {
  switch (entry.value_type()) {
    case fb::Value::UintValue:
      return MetaValue(uint64_t{entry.value_as_UintValue()->value()});
    case fb::Value::IntValue:
      return MetaValue(int64_t{entry.value_as_IntValue()->value()});
    case fb::Value::FloatValue:
      return MetaValue(entry.value_as_FloatValue()->value());
    case fb::Value::BoolValue:
      return MetaValue(entry.value_as_BoolValue()->value());
    case fb::Value::TextValue:
      return MetaValue(entry.value_as_TextValue()->value()->string_view());
    case fb::Value::NumbersValue:
      return ReadNumbers(*entry.value_as_NumbersValue());
    case fb::Value::TextsValue:
      return ReadTexts(*entry.value_as_TextsValue());
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("its type ", static_cast<int>(entry.value_type()),
                       " is unknown: a newer program wrote the file"));
  }
}

Status AddEntry(std::string_view file, const fb::Entry& entry,
                Metadata& metadata) {
  const std::string_view key = entry.key()->string_view();
  const std::string field = absl::StrCat("metadata ", Quoted(key));
  const std::string_view wrong = WhatIsWrongWithName(key, kMaxKeyBytes);
  if (!wrong.empty()) return Error(file, field, wrong);
  if (metadata.Has(key)) return Error(file, field, "the key is there twice");
  StatusOr<MetaValue> value = ReadValue(entry);
  if (!value.ok()) return Error(file, field, value.status().message());
  return metadata.Add(key, *std::move(value));
}

// --- Writing.

using Builder = flatbuffers::FlatBufferBuilder;

template <typename Strings>
auto WriteStrings(const Strings& texts, Builder& builder) {
  std::vector<flatbuffers::Offset<flatbuffers::String>> strings;
  for (const std::string_view text : texts)
    strings.push_back(builder.CreateString(text));
  return builder.CreateVector(strings);
}

struct StoredValue {
  fb::Value type;
  flatbuffers::Offset<void> value;
};

struct ValueWriter {
  Builder& builder;

  StoredValue operator()(uint64_t u) const {
    return {fb::Value::UintValue, fb::CreateUintValue(builder, u).Union()};
  }
  StoredValue operator()(int64_t i) const {
    return {fb::Value::IntValue, fb::CreateIntValue(builder, i).Union()};
  }
  StoredValue operator()(double d) const {
    return {fb::Value::FloatValue, fb::CreateFloatValue(builder, d).Union()};
  }
  StoredValue operator()(bool b) const {
    return {fb::Value::BoolValue, fb::CreateBoolValue(builder, b).Union()};
  }
  StoredValue operator()(std::string_view text) const {
    const auto stored = builder.CreateString(text);
    return {fb::Value::TextValue, fb::CreateTextValue(builder, stored).Union()};
  }
  StoredValue operator()(const NumberArray& array) const {
    const auto bytes = builder.CreateVector(
        reinterpret_cast<const uint8_t*>(array.bytes.data()),
        array.bytes.size());
    return {fb::Value::NumbersValue,
            fb::CreateNumbersValue(builder,
                                   static_cast<fb::NumberKind>(array.element),
                                   array.element_bytes, bytes)
                .Union()};
  }
  StoredValue operator()(const std::vector<std::string_view>& texts) const {
    const auto stored = WriteStrings(texts, builder);
    return {fb::Value::TextsValue,
            fb::CreateTextsValue(builder, stored).Union()};
  }
};

}  // namespace

StatusOr<Metadata> ReadMetadata(std::string_view file,
                                const fb::Manifest& manifest) {
  Metadata metadata;
  if (manifest.metadata() == nullptr) return metadata;
  for (const fb::Entry* entry : *manifest.metadata())
    TENON_RETURN_IF_ERROR(AddEntry(file, *entry, metadata));
  return metadata;
}

flatbuffers::Offset<Entries> WriteMetadata(const Metadata& metadata,
                                           Builder& builder) {
  std::vector<flatbuffers::Offset<fb::Entry>> entries;
  for (const Metadata::Entry& entry : metadata.entries()) {
    const auto [type, value] = std::visit(ValueWriter{builder}, entry.value);
    const auto key = builder.CreateString(entry.key);
    entries.push_back(fb::CreateEntry(builder, key, type, value));
  }
  return builder.CreateVector(entries);
}

}  // namespace tenon::tnn
