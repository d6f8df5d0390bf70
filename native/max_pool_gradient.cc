// A second kernel for TensorFlow's operation MaxPoolGrad, for windows that lie side by side. It is part of the addon, see
// scripts/setup/compiler.mjs, and is used where an operation asks for it: `_kernel: "windows_side_by_side"`.
//
// TensorFlow's own searches each window again for its greatest value, one element after the other. This one compares with the
// greatest value, which is known, in one pass over the memory. The gradients are the same bits: where a window has
// its greatest value twice, as in the white of an overexposed photo, the first takes the gradient, row by row.
// (A window with a NaN gets none.)

#include <algorithm>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Tensor = std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)>;

Status NewStatus() { return {TF_NewStatus(), TF_DeleteStatus}; }

bool IsOk(const Status &status) { return TF_GetCode(status.get()) == TF_OK; }

struct Window {
  int32_t rows, columns;
};

/** Height and width in windows, and in elements; rows and columns at the end may lie in no window. */
struct Sizes {
  int64_t images, rows, columns, channels, height, width;
  Window window;
};

float *DataOf(const Tensor &tensor) {
  return static_cast<float *>(TF_TensorData(tensor.get()));
}

/** One row of windows: `input` and `gradient` begin with its first row of elements, `greatest` and `dy` with its first window. */
void RouteRow(const Sizes &sizes, const float *__restrict input,
              const float *__restrict greatest, const float *__restrict dy,
              float *__restrict gradient, float *__restrict left) {
  const auto [window_rows, window_columns] = sizes.window;
  const int64_t channels = sizes.channels;
  for (int64_t column = 0; column < sizes.columns; ++column) {
    const float *top = greatest + column * channels;
    std::copy_n(dy + column * channels, channels, left);
    for (int64_t i = 0; i < window_rows; ++i) {
      for (int64_t j = 0; j < window_columns; ++j) {
        const int64_t start =
            (i * sizes.width + column * window_columns + j) * channels;
        const float *__restrict values = input + start;
        float *__restrict results = gradient + start;
        for (int64_t k = 0; k < channels; ++k) {
          const bool takes = values[k] == top[k];
          results[k] = takes ? left[k] : 0.0f;
          left[k] = takes ? 0.0f : left[k];
        }
      }
    }
  }
  const int64_t covered = sizes.columns * window_columns;
  for (int64_t i = 0; i < window_rows; ++i) {
    std::fill_n(gradient + (i * sizes.width + covered) * channels,
                (sizes.width - covered) * channels, 0.0f);
  }
}

/** Rows of windows, counted through all images, from `first` to before `last`. */
void RouteRows(const Sizes &sizes, const float *input, const float *greatest,
               const float *dy, float *gradient, int64_t first, int64_t last) {
  const int64_t line = sizes.width * sizes.channels;
  std::vector<float> left(sizes.channels);
  for (int64_t i = first; i < last; ++i) {
    const int64_t row = i % sizes.rows;
    const int64_t in =
        (i / sizes.rows * sizes.height + row * sizes.window.rows) * line;
    const int64_t out = i * sizes.columns * sizes.channels;
    RouteRow(sizes, input + in, greatest + out, dy + out, gradient + in,
             left.data());
    if (row == sizes.rows - 1) {
      const int64_t covered = sizes.rows * sizes.window.rows;
      std::fill_n(gradient + in + sizes.window.rows * line,
                  (sizes.height - covered) * line, 0.0f);
    }
  }
}

void RouteAll(const Sizes &sizes, const float *input, const float *greatest,
              const float *dy, float *gradient) {
  constexpr int64_t kWorthAThread = 1 << 18;
  const int64_t rows = sizes.images * sizes.rows;
  const int64_t elements =
      sizes.images * sizes.height * sizes.width * sizes.channels;
  const int64_t cores = std::max(1u, std::thread::hardware_concurrency());
  const int64_t count =
      std::clamp<int64_t>(elements / kWorthAThread, 1, cores);
  std::vector<std::thread> others;
  for (int64_t i = 1; i < count; ++i) {
    others.emplace_back(RouteRows, sizes, input, greatest, dy, gradient,
                        rows * i / count, rows * (i + 1) / count);
  }
  RouteRows(sizes, input, greatest, dy, gradient, 0, rows / count);
  for (std::thread &other : others) other.join();
}

void *Create(TF_OpKernelConstruction *construction) {
  const Status status = NewStatus();
  int32_t sizes[4] = {}, strides[4] = {};
  TF_OpKernelConstruction_GetAttrInt32List(construction, "ksize", sizes, 4,
                                           status.get());
  if (IsOk(status)) {
    TF_OpKernelConstruction_GetAttrInt32List(construction, "strides", strides,
                                             4, status.get());
  }
  const bool side_by_side = std::equal(sizes, sizes + 4, strides) &&
                            sizes[0] == 1 && sizes[1] > 0 && sizes[2] > 0 &&
                            sizes[3] == 1;
  if (IsOk(status) && !side_by_side) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT,
                 "windows that lie side by side have strides of their size");
  }
  if (!IsOk(status)) {
    TF_OpKernelConstruction_Failure(construction, status.get());
    return nullptr;
  }
  return new Window{sizes[1], sizes[2]};
}

void Compute(void *kernel, TF_OpKernelContext *context) {
  const Window window = *static_cast<Window *>(kernel);
  const Status status = NewStatus();
  std::vector<Tensor> inputs; // what was pooled, what came out, and its gradient
  for (int i = 0; i < 3 && IsOk(status); ++i) {
    TF_Tensor *tensor = nullptr;
    TF_GetInput(context, i, &tensor, status.get());
    inputs.emplace_back(tensor, TF_DeleteTensor);
  }
  std::vector<int64_t> shapes[3];
  for (int i = 0; i < 3 && IsOk(status); ++i) {
    for (int axis = 0; axis < TF_NumDims(inputs[i].get()); ++axis)
      shapes[i].push_back(TF_Dim(inputs[i].get(), axis));
  }
  const auto &[in, out, dy] = shapes;
  if (IsOk(status) &&
      (in.size() != 4 || dy != out ||
       out != std::vector<int64_t>{in[0], in[1] / window.rows,
                                   in[2] / window.columns, in[3]})) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT,
                 "the shapes are not those of max pooling without padding");
  }
  if (!IsOk(status)) return TF_OpKernelContext_Failure(context, status.get());

  const Tensor gradient(
      TF_AllocateOutput(context, 0, TF_FLOAT, in.data(), 4,
                        TF_TensorByteSize(inputs[0].get()), status.get()),
      TF_DeleteTensor);
  if (!IsOk(status)) return TF_OpKernelContext_Failure(context, status.get());
  const Sizes sizes{in[0], out[1], out[2], in[3], in[1], in[2], window};
  if (TF_TensorElementCount(inputs[1].get()) == 0) {
    std::fill_n(DataOf(gradient), TF_TensorElementCount(gradient.get()), 0.0f);
  } else {
    RouteAll(sizes, DataOf(inputs[0]), DataOf(inputs[1]), DataOf(inputs[2]),
             DataOf(gradient));
  }
}

void Delete(void *kernel) { delete static_cast<Window *>(kernel); }

/** When the addon is loaded. */
const bool registered = [] {
  const Status status = NewStatus();
  TF_KernelBuilder *builder =
      TF_NewKernelBuilder("MaxPoolGrad", "CPU", Create, Compute, Delete);
  TF_KernelBuilder_TypeConstraint(builder, "T", TF_FLOAT, status.get());
  TF_KernelBuilder_Label(builder, "windows_side_by_side");
  TF_RegisterKernelBuilder("MaxPoolGradOfWindowsSideBySide", builder,
                           status.get());
  return IsOk(status);
}();

} // namespace
