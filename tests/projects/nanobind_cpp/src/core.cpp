// Means, and exceptions on their way from C++ to Python.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace nb = nanobind;

namespace {

class TooDeep : public std::runtime_error {
public:
    explicit TooDeep(int depth) : std::runtime_error("gave up at depth " + std::to_string(depth)) {}
};

// Counts the frames that are alive, to show that a thrown exception unwound every one of them.
class Frame {
public:
    Frame() { ++alive; }
    ~Frame() { --alive; }
    Frame(const Frame &) = delete;
    Frame &operator=(const Frame &) = delete;
    static inline int alive = 0;
};

int descend(int depth, int limit) {
    const Frame frame;
    if (Frame::alive > limit) {
        throw TooDeep(Frame::alive);
    }
    return depth == 0 ? Frame::alive : descend(depth - 1, limit);
}

std::string caught_as_base(int depth, int limit) {
    try {
        return "reached " + std::to_string(descend(depth, limit));
    } catch (const std::exception &error) {
        return error.what();
    }
}

double mean(const std::vector<double> &values, std::optional<double> fallback) {
    if (values.empty() && !fallback) {
        throw std::invalid_argument("the mean of nothing is not defined");
    }
    const auto size = static_cast<double>(values.size());
    return values.empty() ? *fallback : std::accumulate(values.begin(), values.end(), 0.0) / size;
}

}  // namespace

NB_MODULE(_core, module) {
    nb::exception<TooDeep>(module, "TooDeep", PyExc_RecursionError);
    module.def("mean", &mean, nb::arg("values"), nb::arg("fallback") = nb::none());
    module.def("descend", &descend, nb::arg("depth"), nb::arg("limit"));
    module.def("caught_as_base", &caught_as_base, nb::arg("depth"), nb::arg("limit"));
    module.def("alive", [] { return Frame::alive; });
}
