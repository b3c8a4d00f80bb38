// The integer products for processors with AVX-VNNI, which many without AVX-512
// have.
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"

#define TENON_VNNI 1
#define TENON_MOST_ROWS 8
TENON_TARGET_BEGIN("avx2,f16c,avxvnni")
namespace tenon::native::avxvnni {

#include "backend_native/linear.inc"

}  // namespace tenon::native::avxvnni
TENON_TARGET_END
