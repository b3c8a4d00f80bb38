// The integer products for processors with AVX2.
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"

#define TENON_VNNI 0
#define TENON_MOST_ROWS 8
TENON_TARGET_BEGIN("avx2,f16c")
namespace tenon::native::avx2 {

#include "backend_native/linear.inc"

}  // namespace tenon::native::avx2
TENON_TARGET_END
