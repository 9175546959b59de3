//! Two sides of a call in one recording: the caller left, the agent right.
//!
//! What it is not: a mixer; nothing is scaled or summed.

/// Interleaves two mono tracks as (frames, 2); the shorter one is continued with silence.
pub fn interleave(caller: &[f32], agent: &[f32]) -> Vec<f32> {
    let frames = caller.len().max(agent.len());
    let at = |track: &[f32], frame: usize| track.get(frame).copied().unwrap_or(0.0);
    (0..frames).flat_map(|frame| [at(caller, frame), at(agent, frame)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caller_is_left_and_the_shorter_side_is_padded() {
        assert_eq!(interleave(&[0.1, 0.2], &[-0.1]), [0.1, -0.1, 0.2, 0.0]);
        assert!(interleave(&[], &[]).is_empty());
    }
}
