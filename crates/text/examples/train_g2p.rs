//! Trains the letter-to-sound model on a dictionary in CMUdict's text form.
//!
//! `cargo run --release -p hearsay-text --example train_g2p -- cmudict.dict model.bin [--held-out PERCENT]
//! [--order N] [--prune COST]`
//!
//! With `--held-out` the words of that share (chosen by a hash of the word) are kept out of training and the
//! word and phone error rates on them are printed. Method: many-to-many alignment by expectation
//! maximisation, then an interpolated modified Kneser-Ney n-gram over graphones, pruned by weighted difference.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;

use hearsay_text::g2p::G2p;
use hearsay_text::g2p::lexicon::{encode, parse_cmudict};
use hearsay_text::g2p::lts::{self, Graphone, LetterToSound, Level};
use hearsay_text::g2p::phone;

/// Letter chunk codes: 27 single letters, then pairs.
const LETTERS: usize = 27;
const LETTER_CODES: usize = LETTERS + LETTERS * LETTERS;
/// Phone chunk codes: none, one, then pairs.
const PHONES: usize = phone::PHONES.len();
const PHONE_CODES: usize = 1 + PHONES + PHONES * PHONES;
/// (letters, phones) of the graphones that alignment may use.
const SHAPES: [(usize, usize); 4] = [(1, 0), (1, 1), (1, 2), (2, 1)];
const EM_ROUNDS: usize = 12;
/// Bits of a graphone id inside an n-gram key.
const BITS: u32 = 12;

struct Settings {
    dictionary: String,
    model: String,
    held_out: u64,
    order: usize,
    prune: f64,
}

type Word = (Vec<u8>, Vec<u8>);

fn main() -> ExitCode {
    match settings().and_then(|s| run(&s)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("train_g2p: {message}");
            ExitCode::from(2)
        }
    }
}

fn settings() -> Result<Settings, String> {
    let mut args = std::env::args().skip(1);
    let mut next =
        |what: &str| args.next().ok_or(format!("missing {what}; see the head of this file"));
    let mut s = Settings {
        dictionary: next("dictionary file")?,
        model: next("model file to write")?,
        held_out: 0,
        order: 7,
        prune: 1.0,
    };
    while let Ok(flag) = next("flag") {
        let value = next("value after the flag")?;
        let bad = |_| format!("{flag}: not a number: {value}");
        match flag.as_str() {
            "--held-out" => s.held_out = value.parse().map_err(|_| bad(()))?,
            "--order" => s.order = value.parse().map_err(|_| bad(()))?,
            "--prune" => s.prune = value.parse().map_err(|_| bad(()))?,
            _ => return Err(format!("unknown flag {flag}")),
        }
    }
    if !(2..=lts::ORDER_MAX).contains(&s.order) {
        return Err(format!("--order: from 2 to {}", lts::ORDER_MAX));
    }
    Ok(s)
}

fn run(s: &Settings) -> Result<(), String> {
    let text =
        std::fs::read_to_string(&s.dictionary).map_err(|e| format!("{}: {e}", s.dictionary))?;
    let spelled_out = abbreviations(&text);
    let (mut train, mut held) = (Vec::new(), Vec::new());
    for (word, variants) in parse_cmudict(&text) {
        if !word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'')
            || spelled_out.contains(&word)
        {
            continue;
        }
        if hash(&word) % 100 < s.held_out {
            held.push((word, variants));
        } else {
            train.extend(variants.into_iter().map(|v| (word.clone().into_bytes(), v)));
        }
    }
    eprintln!("{} pronunciations to train on, {} words held out", train.len(), held.len());
    let (graphones, corpus) = align(&train.iter().map(backwards).collect::<Vec<_>>());
    eprintln!("{} graphones, {} words aligned", graphones.len(), corpus.len());
    let levels = ngram(&corpus, graphones.len() + 2, s);
    let bytes = lts::encode(&graphones, &levels);
    eprintln!(
        "{} n-grams, {} bytes",
        levels.iter().map(|l| l.symbols.len()).sum::<usize>(),
        bytes.len()
    );
    if !held.is_empty() {
        score(&bytes, &train, &held)?;
    }
    std::fs::write(&s.model, bytes).map_err(|e| format!("{}: {e}", s.model))
}

/// A word from its end to its beginning, as the model reads it.
fn backwards((letters, phones): &Word) -> Word {
    (letters.iter().rev().copied().collect(), phones.iter().rev().copied().collect())
}

/// Words whose entry says that they are read letter by letter.
fn abbreviations(text: &str) -> std::collections::HashSet<String> {
    let marked = text.lines().filter(|l| l.contains("# abbrev"));
    marked.filter_map(|l| Some(l.split([' ', '(']).next()?.to_string())).collect()
}

/// FNV-1a, so that the held-out share is the same on every machine.
fn hash(word: &str) -> u64 {
    word.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
        >> 7
}

/// Prints the error rates of the model alone, and with the taking apart of words that comes before it.
fn score(model: &[u8], train: &[Word], held: &[(String, Vec<Vec<u8>>)]) -> Result<(), String> {
    let alone = LetterToSound::load(model).map_err(|e| e.to_string())?;
    println!("letter-to-sound model alone");
    print_errors(held, |word| alone.guess(word));
    let mut known: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (word, phones) in train {
        known.entry(String::from_utf8_lossy(word).into_owned()).or_default().push(phones.clone());
    }
    let lexicon = encode(&known.into_iter().collect::<Vec<_>>()).map_err(|e| e.to_string())?;
    let whole = G2p::load(&lexicon, model).map_err(|e| e.to_string())?;
    println!("with plurals and past tenses of the words trained on");
    print_errors(held, |word| whole.word(word).into_iter().filter_map(phone::phone_id).collect());
    Ok(())
}

fn print_errors(held: &[(String, Vec<Vec<u8>>)], pronounce: impl Fn(&str) -> Vec<u8>) {
    let (mut wrong, mut wrong_plain, mut errors, mut phones) = (0, 0, 0, 0);
    let plain = |p: &[u8]| p.iter().map(|&x| phone::with_stress(x, 0)).collect::<Vec<_>>();
    for (word, variants) in held {
        let guess = pronounce(word);
        wrong += usize::from(!variants.contains(&guess));
        let guess = plain(&guess);
        wrong_plain += usize::from(!variants.iter().any(|v| plain(v) == guess));
        let best =
            variants.iter().map(|v| (distance(&plain(v), &guess), v.len())).min().unwrap_or((0, 0));
        errors += best.0;
        phones += best.1;
    }
    let percent = |a: usize, b: usize| 100.0 * a as f64 / b as f64;
    println!("held-out words                      {:8}", held.len());
    println!("word error rate, with stress        {:8.2} %", percent(wrong, held.len()));
    println!("word error rate, stress ignored     {:8.2} %", percent(wrong_plain, held.len()));
    println!("phone error rate, stress ignored    {:8.2} %", percent(errors, phones));
}

fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

// ---- alignment ----

fn letter_code(letters: &[u8]) -> usize {
    let one = |b: u8| if b == b'\'' { 26 } else { usize::from(b - b'a') };
    match letters {
        [a] => one(*a),
        [a, b] => LETTERS + one(*a) * LETTERS + one(*b),
        _ => unreachable!("graphones have one or two letters"),
    }
}

fn phone_code(phones: &[u8]) -> usize {
    match phones {
        [] => 0,
        [a] => 1 + usize::from(*a),
        [a, b] => 1 + PHONES + usize::from(*a) * PHONES + usize::from(*b),
        _ => unreachable!("graphones have at most two phones"),
    }
}

/// A possible graphone of a word: from (i, j) to (i + di, j + dj), with its parameter index.
struct Arc {
    from: usize,
    to: usize,
    parameter: usize,
    shape: (usize, usize),
}

/// The arcs of a word's alignment lattice in topological order. Cells are `i * (phones + 1) + j`.
fn arcs(word: &Word) -> Vec<Arc> {
    let (letters, phones) = word;
    let width = phones.len() + 1;
    let mut arcs = Vec::new();
    for i in 0..letters.len() {
        for j in 0..width {
            for shape in SHAPES {
                let (di, dj) = shape;
                if i + di > letters.len() || j + dj > phones.len() {
                    continue;
                }
                let code =
                    letter_code(&letters[i..i + di]) * PHONE_CODES + phone_code(&phones[j..j + dj]);
                arcs.push(Arc {
                    from: i * width + j,
                    to: (i + di) * width + j + dj,
                    parameter: code,
                    shape,
                });
            }
        }
    }
    arcs
}

/// Aligns all words and returns the graphones with each word as graphone ids (2 and up).
fn align(words: &[Word]) -> (Vec<Graphone>, Vec<Vec<u16>>) {
    let mut weights = vec![0f32; LETTER_CODES * PHONE_CODES];
    // Start: every graphone that occurs in some lattice, one-to-one pairs favoured.
    for word in words {
        for arc in arcs(word) {
            weights[arc.parameter] += match arc.shape {
                (1, 1) => 1.0,
                (1, 0) => 0.3,
                _ => 0.1,
            };
        }
    }
    normalise(&mut weights);
    for round in 0..EM_ROUNDS {
        let (next, likelihood) = expect(words, &weights);
        weights = next;
        normalise(&mut weights);
        eprintln!("alignment round {}: log likelihood {likelihood:.0}", round + 1);
    }
    let paths: Vec<Vec<usize>> = words.iter().map(|w| best_path(w, &weights)).collect();
    let mut counts: HashMap<usize, u32> = HashMap::new();
    paths.iter().flatten().for_each(|&p| *counts.entry(p).or_default() += 1);
    let mut kept: Vec<usize> = counts.iter().filter(|(_, n)| **n >= 4).map(|(&p, _)| p).collect();
    kept.sort_unstable_by_key(|p| (std::cmp::Reverse(counts[p]), *p));
    let ids: HashMap<usize, u16> =
        kept.iter().enumerate().map(|(i, &p)| (p, i as u16 + 2)).collect();
    let to_ids =
        |p: &Vec<usize>| p.iter().map(|x| ids.get(x).copied()).collect::<Option<Vec<u16>>>();
    let corpus = paths.iter().filter(|p| !p.is_empty()).filter_map(to_ids).collect();
    (kept.into_iter().map(graphone).collect(), corpus)
}

fn graphone(parameter: usize) -> Graphone {
    let (l, p) = (parameter / PHONE_CODES, parameter % PHONE_CODES);
    let letter = |c: usize| if c == 26 { b'\'' } else { b'a' + c as u8 };
    let letters = if l < LETTERS {
        vec![letter(l)]
    } else {
        vec![letter((l - LETTERS) / LETTERS), letter((l - LETTERS) % LETTERS)]
    };
    let phones = match p {
        0 => vec![],
        p if p <= PHONES => vec![(p - 1) as u8],
        p => vec![((p - 1 - PHONES) / PHONES) as u8, ((p - 1 - PHONES) % PHONES) as u8],
    };
    Graphone { letters, phones }
}

fn normalise(weights: &mut [f32]) {
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    weights.iter_mut().for_each(|w| *w = (f64::from(*w) / total) as f32);
}

/// One round: expected counts of every graphone, and the log likelihood of all words.
fn expect(words: &[Word], weights: &[f32]) -> (Vec<f32>, f64) {
    let mut counts = vec![0f32; weights.len()];
    let mut likelihood = 0.0;
    for word in words {
        let cells = (word.0.len() + 1) * (word.1.len() + 1);
        let arcs = arcs(word);
        let (mut ahead, mut behind) = (vec![0f64; cells], vec![0f64; cells]);
        ahead[0] = 1.0;
        behind[cells - 1] = 1.0;
        for a in &arcs {
            ahead[a.to] += ahead[a.from] * f64::from(weights[a.parameter]);
        }
        for a in arcs.iter().rev() {
            behind[a.from] += behind[a.to] * f64::from(weights[a.parameter]);
        }
        let total = ahead[cells - 1];
        if total <= 0.0 {
            continue;
        }
        likelihood += total.ln();
        for a in &arcs {
            let share = ahead[a.from] * f64::from(weights[a.parameter]) * behind[a.to] / total;
            counts[a.parameter] += share as f32;
        }
    }
    (counts, likelihood)
}

/// The parameters along the likeliest alignment; empty when the word cannot be aligned.
fn best_path(word: &Word, weights: &[f32]) -> Vec<usize> {
    let cells = (word.0.len() + 1) * (word.1.len() + 1);
    let arcs = arcs(word);
    let mut best: Vec<(f64, usize)> = vec![(f64::NEG_INFINITY, usize::MAX); cells];
    best[0].0 = 0.0;
    for (n, a) in arcs.iter().enumerate() {
        let score = best[a.from].0 + f64::from(weights[a.parameter]).max(1e-30).ln();
        if score > best[a.to].0 {
            best[a.to] = (score, n);
        }
    }
    let (mut path, mut cell) = (Vec::new(), cells - 1);
    while cell != 0 {
        let Some(a) = arcs.get(best[cell].1) else { return Vec::new() };
        path.push(a.parameter);
        cell = a.from;
    }
    path.reverse();
    path
}

// ---- n-gram ----

/// An n-gram as a number: the last graphone in the low bits.
type Key = u128;

fn push(key: Key, symbol: u16) -> Key {
    (key << BITS) | Key::from(symbol)
}

fn last(key: Key) -> u16 {
    (key & ((1 << BITS) - 1)) as u16
}

fn suffix(key: Key, n: usize) -> Key {
    key & ((1u128 << (BITS * n as u32)) - 1)
}

#[derive(Clone, Copy, Default)]
struct Gram {
    count: f64,
    probability: f64,
    kept: bool,
}

#[derive(Clone, Copy, Default)]
struct Context {
    total: f64,
    /// How many continuations were seen once, twice, more often.
    seen: [f64; 3],
    backoff: f64,
}

struct Orders {
    grams: Vec<HashMap<Key, Gram>>,
    /// `contexts[k]` holds contexts of k graphones.
    contexts: Vec<HashMap<Key, Context>>,
}

fn ngram(corpus: &[Vec<u16>], vocabulary: usize, s: &Settings) -> Vec<Level> {
    assert!(vocabulary < 1 << BITS, "too many graphones for the n-gram key");
    let mut orders = count(corpus, s.order);
    smooth(&mut orders, vocabulary);
    prune(&mut orders, s.prune);
    refit_backoffs(&mut orders);
    layout(&orders, vocabulary)
}

/// Raw counts at the highest order and behind the start mark, continuation counts elsewhere.
fn count(corpus: &[Vec<u16>], order: usize) -> Orders {
    let mut raw: Vec<HashMap<Key, f64>> = vec![HashMap::new(); order];
    for word in corpus {
        let line: Vec<u16> =
            std::iter::once(lts::START).chain(word.iter().copied()).chain([lts::STOP]).collect();
        for end in 1..line.len() {
            for n in 1..=order.min(end + 1) {
                let key = line[end + 1 - n..=end].iter().fold(1, |k, &g| push(k, g));
                *raw[n - 1].entry(key).or_default() += 1.0;
            }
        }
    }
    // Keys carry a leading 1 so that lengths cannot be confused.
    let mut grams: Vec<HashMap<Key, Gram>> = vec![HashMap::new(); order];
    for n in 0..order {
        for (&key, &c) in &raw[n] {
            let first = last(key >> (BITS * n as u32));
            if n + 1 == order || first == lts::START {
                grams[n].entry(key).or_default().count = c;
            }
            if n > 0 {
                let shorter = suffix(key, n) | (1 << (BITS * n as u32));
                grams[n - 1].entry(shorter).or_default().count += 1.0;
            }
        }
    }
    let mut contexts: Vec<HashMap<Key, Context>> = vec![HashMap::new(); order];
    for n in 0..order {
        for (&key, gram) in &grams[n] {
            let context = contexts[n].entry(key >> BITS).or_default();
            context.total += gram.count;
            context.seen[(gram.count as usize).clamp(1, 3) - 1] += 1.0;
        }
    }
    Orders { grams, contexts }
}

/// Interpolated modified Kneser-Ney probabilities, lowest order first.
fn smooth(orders: &mut Orders, vocabulary: usize) {
    for n in 0..orders.grams.len() {
        let mut of = [0f64; 4];
        for gram in orders.grams[n].values() {
            if (1.0..=4.0).contains(&gram.count) {
                of[gram.count as usize - 1] += 1.0;
            }
        }
        let y = of[0] / (of[0] + 2.0 * of[1]).max(1.0);
        let discount: Vec<f64> = (0..3)
            .map(|i| {
                ((i + 1) as f64 - (i + 2) as f64 * y * of[i + 1] / of[i].max(1.0)).clamp(0.1, 2.5)
            })
            .collect();
        for context in orders.contexts[n].values_mut() {
            context.backoff =
                (0..3).map(|i| discount[i] * context.seen[i]).sum::<f64>() / context.total;
        }
        let (below, here) = orders.grams.split_at_mut(n);
        for (&key, gram) in here[0].iter_mut() {
            let context = &orders.contexts[n][&(key >> BITS)];
            let taken = discount[(gram.count as usize).clamp(1, 3) - 1];
            let lower = below.last().map_or(1.0 / vocabulary as f64, |b| {
                b.get(&(suffix(key, n) | (1 << (BITS * n as u32)))).map_or(1e-9, |g| g.probability)
            });
            gram.probability =
                (gram.count - taken).max(0.0) / context.total + context.backoff * lower;
        }
    }
}

/// Drops n-grams whose loss, weighted by how often they occur, is below `threshold`.
fn prune(orders: &mut Orders, threshold: f64) {
    for n in (0..orders.grams.len()).rev() {
        let needed: std::collections::HashSet<Key> = orders
            .grams
            .get(n + 1)
            .map(|longer| longer.iter().filter(|(_, g)| g.kept).map(|(k, _)| k >> BITS).collect())
            .unwrap_or_default();
        let (below, here) = orders.grams.split_at_mut(n);
        for (&key, gram) in here[0].iter_mut() {
            let Some(lower) = below.last() else {
                gram.kept = true;
                continue;
            };
            let lower = lower
                .get(&(suffix(key, n) | (1 << (BITS * n as u32))))
                .map_or(1e-9, |g| g.probability);
            let without = orders.contexts[n][&(key >> BITS)].backoff * lower;
            let loss = gram.count * (gram.probability / without).ln();
            gram.kept = needed.contains(&key) || loss > threshold;
        }
    }
}

/// After pruning, what a context's missing continuations share is recomputed, shortest contexts first.
fn refit_backoffs(orders: &mut Orders) {
    for n in 1..orders.grams.len() {
        let mut sums: HashMap<Key, (f64, f64)> = HashMap::new();
        // In order, so that the sums round the same way each time.
        let mut kept: Vec<(Key, f64)> = orders.grams[n]
            .iter()
            .filter(|(_, g)| g.kept)
            .map(|(&k, g)| (k, g.probability))
            .collect();
        kept.sort_unstable_by_key(|(key, _)| *key);
        for (key, here) in kept {
            let lower = probability(orders, suffix(key, n) | (1 << (BITS * n as u32)), n);
            let sum = sums.entry(key >> BITS).or_default();
            sum.0 += here;
            sum.1 += lower;
        }
        for (key, context) in &mut orders.contexts[n] {
            let (here, lower) = sums.get(key).copied().unwrap_or_default();
            context.backoff = ((1.0 - here).max(1e-4) / (1.0 - lower).max(1e-4)).clamp(1e-3, 2.5);
        }
    }
}

/// The model's probability of an n-gram's last graphone after the others, through the kept n-grams.
fn probability(orders: &Orders, key: Key, n: usize) -> f64 {
    if let Some(gram) = orders.grams[n - 1].get(&key).filter(|g| g.kept) {
        return gram.probability;
    }
    if n == 1 {
        return 1e-7;
    }
    let context = key >> BITS;
    let known = orders.grams[n - 2].get(&context).is_some_and(|g| g.kept) || n == 2;
    let backoff =
        if known { orders.contexts[n - 1].get(&context).map_or(1.0, |c| c.backoff) } else { 1.0 };
    backoff * probability(orders, suffix(key, n - 1) | (1 << (BITS * (n as u32 - 1))), n - 1)
}

/// Sorts the kept n-grams into levels.
fn layout(orders: &Orders, vocabulary: usize) -> Vec<Level> {
    let mut levels = Vec::new();
    let mut parents: Vec<Key> = Vec::new();
    for n in 0..orders.grams.len() {
        let mut level = Level::default();
        let mut keys: Vec<Key> = if n == 0 {
            (0..vocabulary as u16).map(|s| push(1, s)).collect()
        } else {
            orders.grams[n].iter().filter(|(_, g)| g.kept).map(|(&k, _)| k).collect()
        };
        let place: HashMap<Key, usize> = parents.iter().enumerate().map(|(i, &k)| (k, i)).collect();
        keys.sort_unstable_by_key(|&k| (place.get(&(k >> BITS)).copied().unwrap_or(0), last(k)));
        for &key in &keys {
            let p = orders.grams[n].get(&key).map_or(1e-7, |g| g.probability);
            let backoff =
                orders.contexts.get(n + 1).and_then(|c| c.get(&key)).map_or(1.0, |c| c.backoff);
            level.symbols.push(last(key));
            level.costs.push((-p.ln() as f32 / lts::COST_STEP).round().clamp(0.0, 255.0) as u8);
            let b = (-backoff.ln() as f32 - lts::BACKOFF_FLOOR) / lts::BACKOFF_STEP;
            level.backoffs.push(b.round().clamp(0.0, 255.0) as u8);
        }
        level.children = vec![0; keys.len()];
        if let Some(below) = levels.last_mut() {
            let below: &mut Level = below;
            keys.iter().for_each(|k| below.children[place[&(k >> BITS)]] += 1);
        }
        parents = keys;
        levels.push(level);
    }
    levels
}
