#ifndef BACKEND_SIMD128_PROBE_H_
#define BACKEND_SIMD128_PROBE_H_

namespace tenon::simd128 {

// Why this machine cannot run the backend, or nullptr: the processor lacks the
// instructions that it was built with, or the engine multiplies wrongly (one
// version of V8 added a relaxed dot product twice).
const char* Unusable() noexcept;

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_PROBE_H_
