// The integer products for processors with AVX-512 VNNI.
#include <immintrin.h>

#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/target.h"
#include "backend_simd128/linear.h"
#include "backend_simd128/packed.h"

#define TENON_VNNI 1
TENON_TARGET_BEGIN("avx2,f16c,avx512f,avx512vl,avx512bw,avx512vnni")
namespace tenon::native::vnni {

// clang-format off: in this order
#include "backend_native/linear.inc"
#include "backend_native/wide_codes.inc"
#include "backend_native/wide_product.inc"
// clang-format on

}  // namespace tenon::native::vnni
TENON_TARGET_END
