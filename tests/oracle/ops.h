// The operations of a model in double precision, written from the formulas,
// one vector at a time.  Slow on purpose, shares no code with any backend, and
// is linked into tests only.
#ifndef TENON_TESTS_ORACLE_OPS_H_
#define TENON_TESTS_ORACLE_OPS_H_

#include <cstddef>
#include <span>
#include <vector>

namespace tenon::oracle {

using Vector = std::vector<double>;

struct Matrix {
  size_t rows = 0, cols = 0;
  Vector values;  // [rows, cols]

  std::span<const double> row(size_t r) const {
    return std::span(values).subspan(r * cols, cols);
  }
};

// What a model says about one token.
struct OutputRow {
  Vector hidden;  // after the output norm
  Vector logits;
};

// x += factor * y.
void AddTo(Vector& x, std::span<const double> y, double factor = 1.0);

// W x (+ bias).  An empty bias: none.
Vector Linear(const Matrix& w, std::span<const double> x,
              std::span<const double> bias = {});

// x / sqrt(mean(x^2) + eps) * w over each run of w.size() elements.
Vector RmsNorm(std::span<const double> x, std::span<const double> w,
               double eps);

// x / max(sqrt(sum(x^2)), eps) over each run of `width` elements.
Vector L2Norm(Vector x, size_t width, double eps);

double Sigmoid(double x);
double Silu(double x);
double Softplus(double x);  // ln(1 + e^x)
// Silu(gate) * up, element by element.
Vector SwiGlu(std::span<const double> gate, std::span<const double> up);

enum class Stretch { kNone, kLinear, kYarn };

// How positions become angles: base^(-2i / n_rot) per position for pair i,
// slowed down by `factors` and by the stretch of a longer context.
struct RopeShape {
  size_t n_rot = 0;
  double base = 10000.0;
  Vector factors;  // [n_rot / 2] divisors of the angles; empty: none
  Stretch stretch = Stretch::kNone;
  double stretch_factor = 1.0;
  double original_context = 0.0;  // YaRN only
  double attention_factor = 1.0;  // times cosine and sine
};

struct Rotation {
  Vector cosines, sines;  // [n_rot / 2]
};

// First and last pair between which YaRN goes over from not stretching to
// stretching: the pairs that turn 32 times and once in the original context.
struct YarnBand {
  double low, high;
};
YarnBand FindYarnBand(const RopeShape& shape);

Rotation RopeAngles(const RopeShape& shape, size_t position);

// Rotates the first n_rot elements of each head of x [heads * head_dim].
// `adjacent`: pairs (2i, 2i + 1), otherwise (i, i + n_rot / 2).
Vector Rope(std::span<const double> x, size_t head_dim, bool adjacent,
            const Rotation& rotation);

struct AttentionShape {
  size_t heads, kv_heads, head_dim;
  double scale;   // of the scores
  size_t window;  // a query sees its last `window` positions; 0: all
};

// One query q [heads * head_dim] at the position of the last of `keys` and
// `values`, each [kv_heads * head_dim].  Head h reads head
// h / (heads / kv_heads) of them.
Vector Attention(const AttentionShape& shape, std::span<const double> q,
                 std::span<const Vector> keys, std::span<const Vector> values);

// The experts that a token is sent to, the likeliest first; equal ones in
// order.  weights: softmax(logits) of these, divided by their sum.
struct Choice {
  std::vector<size_t> experts;  // [used]
  Vector weights;               // [used]
};
Choice Route(std::span<const double> logits, size_t used);

// ln(sum(e^x)) without overflow.
double LogSumExp(std::span<const double> x);

}  // namespace tenon::oracle

#endif  // TENON_TESTS_ORACLE_OPS_H_
