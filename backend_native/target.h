// Compiling a part of a file for an instruction set that the program may not
// use before it has asked the processor.  Only what stands between the macros
// is compiled so: functions of headers, which other files share, are not.
//
//   TENON_TARGET_BEGIN("avx2,f16c")
//   ...
//   TENON_TARGET_END
#ifndef BACKEND_NATIVE_TARGET_H_
#define BACKEND_NATIVE_TARGET_H_

#define TENON_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define TENON_TARGET_BEGIN(features)                                   \
  TENON_PRAGMA(clang attribute push(__attribute__((target(features))), \
                                    apply_to = function))
#define TENON_TARGET_END TENON_PRAGMA(clang attribute pop)
#else
#define TENON_TARGET_BEGIN(features) \
  TENON_PRAGMA(GCC push_options)     \
  TENON_PRAGMA(GCC target(features))
#define TENON_TARGET_END TENON_PRAGMA(GCC pop_options)
#endif

#endif  // BACKEND_NATIVE_TARGET_H_
