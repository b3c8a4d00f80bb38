#include <tenon/graph.h>
