// The integer products for processors with AVX-512 VNNI.
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"

#define TENON_VNNI 1
#define TENON_MOST_ROWS 16
TENON_TARGET_BEGIN("avx2,f16c,avx512f,avx512vl,avx512bw,avx512vnni")
namespace tenon::native::vnni {

#include "backend_native/linear.inc"

}  // namespace tenon::native::vnni
TENON_TARGET_END
