// Rows of f32 for processors with AVX2.
#include <immintrin.h>

#include "backend_native/rows.h"
#include "backend_native/target.h"

#define TENON_AVX512 0
TENON_TARGET_BEGIN("avx2,f16c")
namespace tenon::native::avx2 {

#include "backend_native/rows.inc"

}  // namespace tenon::native::avx2
TENON_TARGET_END
