#include "tally/tally.h"

#include <stdexcept>

namespace tally {

void Tally::add(const std::string &word) { ++counts_[word]; }

long Tally::count(const std::string &word) const
{
    return counts_.at(word);
}

} // namespace tally
