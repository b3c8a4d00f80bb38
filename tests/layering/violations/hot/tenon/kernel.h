#include "tenon/reached.h"
