#ifndef BACKEND_SIMD128_PROBE_H_
#define BACKEND_SIMD128_PROBE_H_

namespace tenon::simd128 {

// Why this machine cannot run the backend, or nullptr: the processor lacks the
// instructions that it was built with, or the engine multiplies wrongly (one
// version of V8 added a relaxed dot product twice).
const char* Unusable() noexcept;

// Whether the engine multiplies four columns at once: with codes of eight bits
// on x86 with AVX-VNNI, of seven also on ARM, and rightly.  It may be asked
// again and again.
bool HasQuads(int bits) noexcept;

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_PROBE_H_
