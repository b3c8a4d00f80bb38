// Rows of f32 for processors with AVX-512.
#include <immintrin.h>

#include "backend_native/rows.h"
#include "backend_native/target.h"

#define TENON_AVX512 1
TENON_TARGET_BEGIN("avx2,f16c,avx512f,avx512vl")
namespace tenon::native::avx512 {

#include "backend_native/rows.inc"

}  // namespace tenon::native::avx512
TENON_TARGET_END
