//! Merging neighbours, best pair first, until none is left to merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A stretch of the piece that is one token, or none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol {
    /// First byte.
    pub begin: usize,
    /// One past the last; `begin` once it went into its left neighbour.
    pub end: usize,
    /// The token, if the stretch is one.
    pub token: Option<u32>,
}

/// Merges symbols, which follow each other. `rank` gives a pair's order (the lowest
/// goes first, of equals the leftmost) and the token it makes, if it may be merged.
pub(super) fn merge(
    symbols: &mut Vec<Symbol>,
    rank: impl Fn(&Symbol, &Symbol) -> Option<(u64, u32)>,
) {
    let mut next: Vec<usize> = (1..=symbols.len()).collect();
    let mut before: Vec<Option<usize>> = (0..symbols.len()).map(|n| n.checked_sub(1)).collect();
    let mut pairs = BinaryHeap::new();
    let offer = |pairs: &mut BinaryHeap<_>, symbols: &[Symbol], left: usize, right: usize| {
        if let Some((order, token)) = rank(&symbols[left], &symbols[right]) {
            let span = (symbols[left].end, symbols[right].end);
            pairs.push(Reverse((order, left, right, span, token)));
        }
    };
    for right in 1..symbols.len() {
        offer(&mut pairs, symbols, right - 1, right);
    }
    while let Some(Reverse((_, left, right, span, token))) = pairs.pop() {
        let is_gone = |n: usize| symbols[n].begin == symbols[n].end;
        // A pair whose parts have grown or gone since is out of date.
        if is_gone(left) || is_gone(right) || span != (symbols[left].end, symbols[right].end) {
            continue;
        }
        symbols[left] = Symbol { end: symbols[right].end, token: Some(token), ..symbols[left] };
        symbols[right].end = symbols[right].begin;
        let after = next[right];
        next[left] = after;
        if after < symbols.len() {
            before[after] = Some(left);
            offer(&mut pairs, symbols, left, after);
        }
        if let Some(earlier) = before[left] {
            offer(&mut pairs, symbols, earlier, left);
        }
    }
    symbols.retain(|symbol| symbol.begin < symbol.end);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by looking at every pair again after each merge.
    fn slow(symbols: &mut Vec<Symbol>, rank: impl Fn(&Symbol, &Symbol) -> Option<(u64, u32)>) {
        loop {
            let ranked = symbols.windows(2).enumerate();
            let ranked = ranked.filter_map(|(at, two)| Some((rank(&two[0], &two[1])?, at)));
            let Some(((_, token), at)) = ranked.min_by_key(|((order, _), at)| (*order, *at)) else {
                return;
            };
            let right = symbols.remove(at + 1);
            symbols[at] = Symbol { end: right.end, token: Some(token), ..symbols[at] };
        }
    }

    #[test]
    fn the_heap_merges_as_the_slow_way_does() {
        let mut state = 1_u32;
        for length in 0..60 {
            let mut symbols: Vec<Symbol> = (0..length)
                .map(|begin| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    Symbol { begin, end: begin + 1, token: Some(state >> 30) }
                })
                .collect();
            let rank = |a: &Symbol, b: &Symbol| {
                let (a, b) = (u64::from(a.token?), u64::from(b.token?));
                let order = (a * 7 + b * 3) % 11;
                (order < 7 && a + b < 40).then_some((order, (a + b) as u32))
            };
            let mut expected = symbols.clone();
            slow(&mut expected, rank);
            merge(&mut symbols, rank);
            assert_eq!(symbols, expected, "{length}");
        }
    }
}
