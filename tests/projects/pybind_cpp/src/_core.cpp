// Word counts, in C++.
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>

namespace py = pybind11;

namespace {

class WordCount {
public:
    explicit WordCount(const std::string &text) {
        std::istringstream stream(text);
        for (std::string word; stream >> word;) {
            ++counts_[word];
        }
    }

    // std::map::at throws std::out_of_range for a word that is not there.
    int of(const std::string &word) const { return counts_.at(word); }

    void each(const std::function<void(const std::string &, int)> &visit) const {
        for (const auto &[word, count] : counts_) {
            visit(word, count);
        }
    }

    const std::map<std::string, int> &counts() const { return counts_; }

private:
    std::map<std::string, int> counts_;
};

}  // namespace

PYBIND11_MODULE(_core, module) {
    py::class_<WordCount>(module, "WordCount")
        .def(py::init<const std::string &>(), py::arg("text"))
        .def("of", &WordCount::of, py::arg("word"))
        .def("each", &WordCount::each, py::arg("visit"))
        .def_property_readonly("counts", &WordCount::counts);
}
