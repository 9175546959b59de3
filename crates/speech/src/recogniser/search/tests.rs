use super::*;

fn tokens() -> Tokens {
    Tokens::parse("<blank>\n<unk>\n▁my\n▁c\nard\n").expect("tokens")
}

fn emit(piece: u16, frame: u32, p: f32) -> Emission {
    Emission { piece, frames: (frame, frame), log_prob: p.ln() }
}

#[test]
fn pieces_become_words_with_times() {
    let got = words(&tokens(), &[emit(2, 1, 1.0), emit(3, 4, 0.5), emit(4, 5, 0.5)]);
    assert_eq!(join_words(&got), "my card");
    assert_eq!((got[1].start_ms, got[1].end_ms), (240, 360));
    assert!((got[0].confidence - 1.0).abs() < 1e-6 && (got[1].confidence - 0.5).abs() < 1e-6);
}

#[test]
fn a_first_piece_inside_a_word_still_makes_one() {
    assert_eq!(join_words(&words(&tokens(), &[emit(4, 0, 0.9)])), "ard");
    assert!(words(&tokens(), &[]).is_empty());
}

#[test]
fn equal_pieces_add_their_probability() {
    let hypothesis = |blank: f32, piece: f32| Hypothesis {
        blank: blank.ln(),
        piece: piece.ln(),
        ..Hypothesis::empty()
    };
    let mut merged = Merged::default();
    merged.add(hypothesis(0.25, 0.0));
    merged.add(hypothesis(0.25, 0.125));
    let list = merged.pruned();
    assert_eq!(list.len(), 1);
    assert!((list[0].score().exp() - 0.625).abs() < 1e-6);
}

#[test]
fn only_likely_pieces_are_tried() {
    let row = [-0.1f32, -9.0, -3.0, -2.5, -20.0];
    assert_eq!(likeliest(&row), [3, 2]);
}
