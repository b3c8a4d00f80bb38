// The decoders that dtype.inc names: see DecodeFn.
#ifndef TENON_SRC_DTYPE_DECODE_H_
#define TENON_SRC_DTYPE_DECODE_H_

#include <cstddef>

namespace tenon {

using Decoder = void(const std::byte* blocks, size_t n, float* out) noexcept;

Decoder DecodeF32, DecodeF16, DecodeBF16, DecodeA8;
Decoder DecodeQ4_0, DecodeQ4_1, DecodeQ5_0, DecodeQ5_1, DecodeQ8_0;
Decoder DecodeQ2_K, DecodeQ3_K, DecodeQ4_K, DecodeQ5_K, DecodeQ6_K;
Decoder DecodeIQ4_NL, DecodeIQ4_XS;

}  // namespace tenon

#endif  // TENON_SRC_DTYPE_DECODE_H_
