#include "backend_scalar/kernels.h"
