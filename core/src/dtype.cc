#include "tenon/dtype.h"

#include <iterator>

#include "src/dtype_decode.h"

namespace tenon {
namespace {

constexpr DTypeInfo kInfos[] = {
#define TENON_DTYPE(name, gguf_id, elements, bytes, decode) \
  {#name, gguf_id, elements, bytes, decode},
#include "tenon/dtype.inc"
#undef TENON_DTYPE
};

template <typename Predicate>
std::optional<DType> FindDType(Predicate matches) noexcept {
  for (size_t i = 0; i < std::size(kInfos); ++i)
    if (matches(kInfos[i])) return static_cast<DType>(i);
  return std::nullopt;
}

}  // namespace

const DTypeInfo& Info(DType dtype) noexcept {
  return kInfos[static_cast<size_t>(dtype)];
}

std::optional<DType> DTypeFromName(std::string_view name) noexcept {
  return FindDType([name](const DTypeInfo& info) { return info.name == name; });
}

std::optional<DType> DTypeFromGgufId(uint32_t id) noexcept {
  if (id == kNoGgufId) return std::nullopt;
  return FindDType([id](const DTypeInfo& info) { return info.gguf_id == id; });
}

}  // namespace tenon
