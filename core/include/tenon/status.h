// Errors on cold paths: loading, binding, parsing.  Hot code is noexcept and
// cannot fail, because Bind() has already refused whatever could.
//
// Which code means what, throughout Tenon:
//   kInvalidArgument     a broken or hostile file, or a bad option
//   kUnimplemented       a well-formed model that no linked plugin can run
//   kNotFound            a path, tensor, key or plugin name that does not exist
//   kResourceExhausted   not enough memory, or the context is full
//   kCancelled           the caller asked to stop
//   kUnavailable         the file could not be read (I/O)
//
// Messages begin with what they are about: a file, a [node] or a 'key'.
#ifndef TENON_STATUS_H_
#define TENON_STATUS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tenon {

using absl::Status;
using absl::StatusOr;

}  // namespace tenon

#define TENON_CONCAT_INNER_(a, b) a##b
#define TENON_CONCAT_(a, b) TENON_CONCAT_INNER_(a, b)

// Returns from the enclosing function if `expr`, a Status, is not OK.
#define TENON_RETURN_IF_ERROR(expr)                                 \
  do {                                                              \
    if (::absl::Status tenon_status_ = (expr); !tenon_status_.ok()) \
      return tenon_status_;                                         \
  } while (false)

// `TENON_ASSIGN_OR_RETURN(auto x, F())`: x = *F(), or returns F()'s error.
#define TENON_ASSIGN_OR_RETURN(lhs, expr) \
  TENON_ASSIGN_OR_RETURN_(TENON_CONCAT_(tenon_or_, __LINE__), lhs, expr)
#define TENON_ASSIGN_OR_RETURN_(tmp, lhs, expr)  \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = std::move(tmp).value()

#endif  // TENON_STATUS_H_
