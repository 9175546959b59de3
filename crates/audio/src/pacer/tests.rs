use super::*;

fn pacer(frames: usize) -> Pacer<usize> {
    let mut pacer = Pacer::new(PacerConfig::default());
    push(&mut pacer, 0, 1, frames);
    pacer
}

fn push(pacer: &mut Pacer<usize>, now_ms: u64, reply: u64, frames: usize) {
    (0..frames).for_each(|frame| pacer.push(now_ms, reply, frame).unwrap());
}

fn pop_all(pacer: &mut Pacer<usize>, now_ms: u64) -> Vec<Due<usize>> {
    std::iter::from_fn(|| pacer.pop_due(now_ms)).collect()
}

#[test]
fn three_hundred_ms_go_at_once_and_then_one_frame_every_20_ms() {
    let mut pacer = pacer(50);
    assert_eq!(pacer.due(0), 15);
    assert_eq!(pop_all(&mut pacer, 0).len(), 15);
    assert_eq!((pacer.due(0), pacer.next_due_ms()), (0, Some(20)));
    assert!(pacer.pop_due(19).is_none());
    for tick in 1..=35 {
        let now_ms = tick * 20;
        assert_eq!(pacer.due(now_ms), 1);
        let due = pacer.pop_due(now_ms).unwrap();
        assert_eq!((due.late_ms, due.gap_ms, due.plays_at_ms), (0, 0, now_ms + 280));
        assert!(pacer.pop_due(now_ms).is_none());
    }
    assert_eq!((pacer.queued(), pacer.next_due_ms()), (0, None));
    assert!(!pacer.idle(999));
    assert!(pacer.idle(1000));
}

/// Whatever the driver's timing, sent and unplayed sound never exceeds the bound, frames come in order, none is lost.
#[test]
fn never_more_than_the_bound_ahead() {
    for seed in 1..=50u64 {
        let mut state = seed;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut pacer = Pacer::new(PacerConfig::default());
        let (mut now_ms, mut pushed, mut popped) = (0, 0, 0);
        while popped < 300 {
            now_ms += random(70);
            for _ in 0..random(6) {
                pacer.push(now_ms, 1, pushed).unwrap();
                pushed += 1;
            }
            let expected = pacer.due(now_ms);
            let frames = pop_all(&mut pacer, now_ms);
            assert_eq!(frames.len(), expected, "seed {seed}");
            for due in frames {
                assert_eq!(due.frame, popped, "seed {seed}");
                popped += 1;
            }
            assert!(pacer.plays_until_ms() <= now_ms + 300, "seed {seed}");
            let accounted = pacer.played_ms(1, now_ms) + pacer.unheard_ms(1, now_ms);
            assert_eq!(
                accounted,
                pushed as u64 * 20,
                "seed {seed}: every ms is heard or yet to be heard"
            );
        }
    }
}

#[test]
fn played_counts_real_time_not_what_was_sent() {
    let mut pacer = pacer(50);
    pop_all(&mut pacer, 0);
    assert_eq!(pacer.played_ms(1, 0), 0);
    assert_eq!(pacer.played_ms(1, 7), 7);
    assert_eq!(pacer.played_ms(1, 133), 133);
    // Nobody drove the pacer: only what had been sent could play.
    assert_eq!(pacer.played_ms(1, 10_000), 300);
    assert_eq!(pacer.played_ms(2, 100), 0);
    assert_eq!(pacer.unheard_ms(1, 100), 900);
}

#[test]
fn barge_in_cuts_at_the_ms_that_was_heard() {
    let mut pacer = pacer(100);
    for now_ms in (0..=740).step_by(20) {
        pop_all(&mut pacer, now_ms);
    }
    let cleared = pacer.clear(753).unwrap();
    assert_eq!(cleared, Cleared { reply: 1, played_ms: 753, dropped_ms: 2000 - 753 });
    assert!(pacer.idle(753));
    assert_eq!((pacer.queued(), pacer.next_due_ms(), pacer.playing(753)), (0, None, None));
    // Time goes on, what was heard stays.
    assert_eq!(pacer.played_ms(1, 5000), 753);
    assert_eq!(pacer.clear(760), None);
    // The next reply starts at once, on its own schedule.
    push(&mut pacer, 900, 2, 3);
    let due = pacer.pop_due(900).unwrap();
    assert_eq!((due.reply, due.plays_at_ms, due.late_ms, due.gap_ms), (2, 900, 0, 0));
    assert_eq!((pacer.played_ms(1, 920), pacer.played_ms(2, 910)), (753, 10));
}

#[test]
fn clear_between_two_replies_names_the_one_being_heard() {
    let mut pacer = pacer(5);
    push(&mut pacer, 0, 2, 50);
    pop_all(&mut pacer, 0);
    assert_eq!((pacer.playing(99), pacer.playing(100)), (Some(1), Some(2)));
    let cleared = pacer.clear(60).unwrap();
    assert_eq!(cleared, Cleared { reply: 1, played_ms: 60, dropped_ms: 40 + 1000 });
    assert_eq!((pacer.played_ms(1, 500), pacer.played_ms(2, 500)), (60, 0));
}

#[test]
fn clear_before_anything_was_sent_names_the_waiting_reply() {
    let mut pacer = pacer(4);
    assert_eq!(pacer.clear(5), Some(Cleared { reply: 1, played_ms: 0, dropped_ms: 80 }));
    assert_eq!(pacer.clear(5), None);
}

#[test]
fn clear_after_all_was_played_has_nothing_to_clear() {
    let mut pacer = pacer(3);
    pop_all(&mut pacer, 0);
    assert_eq!(pacer.clear(60), None);
    assert_eq!(pacer.played_ms(1, 60), 60);
}

#[test]
fn a_late_driver_is_measured_and_a_gap_is_heard_only_past_the_buffer() {
    let mut pacer = pacer(40);
    pop_all(&mut pacer, 0);
    // Due at 20, asked at 45: late for the schedule, but 300 ms had been sent: the caller hears nothing.
    let due = pacer.pop_due(45).unwrap();
    assert_eq!((due.late_ms, due.gap_ms, due.plays_at_ms), (25, 0, 300));
    assert_eq!(pacer.pop_due(45).unwrap().late_ms, 5);
    // The far end ran dry at 340 and the driver slept until 400.
    let due = pacer.pop_due(400).unwrap();
    assert_eq!((due.gap_ms, due.plays_at_ms, due.late_ms), (60, 400, 340));
    // The schedule starts anew from there: one frame cannot be played before the one ahead of it.
    assert_eq!(pacer.pop_due(400).unwrap().plays_at_ms, 420);
    assert_eq!(pacer.played_ms(1, 410), 340 + 10);
}

#[test]
fn a_slow_synthesiser_is_a_gap_but_not_the_drivers_lateness() {
    let mut pacer = pacer(2);
    pop_all(&mut pacer, 0);
    push(&mut pacer, 100, 1, 1);
    let due = pacer.pop_due(100).unwrap();
    assert_eq!((due.late_ms, due.gap_ms), (0, 60));
}

#[test]
fn the_schedule_starts_at_the_first_frame_after_silence() {
    let mut pacer = pacer(1);
    assert_eq!(pacer.pop_due(0).unwrap().plays_at_ms, 0);
    push(&mut pacer, 5_000, 2, 2);
    assert_eq!(pacer.next_due_ms(), Some(5_000));
    let due = pacer.pop_due(5_003).unwrap();
    assert_eq!((due.plays_at_ms, due.late_ms, due.gap_ms), (5_003, 3, 0));
    assert_eq!(pacer.pop_due(5_003).unwrap().plays_at_ms, 5_023);
}

#[test]
fn a_bound_below_one_frame_still_sends_one_at_a_time() {
    let mut pacer = Pacer::new(PacerConfig { ahead_ms_max: 0, ..PacerConfig::default() });
    push(&mut pacer, 0, 1, 3);
    for now_ms in [0, 20, 40] {
        assert_eq!((pacer.next_due_ms(), pacer.due(now_ms)), (Some(now_ms), 1));
        assert_eq!(pop_all(&mut pacer, now_ms).len(), 1);
    }
}

#[test]
fn a_full_queue_gives_the_frame_back() {
    let mut pacer = Pacer::new(PacerConfig { queue_frames_max: 2, ..PacerConfig::default() });
    push(&mut pacer, 0, 1, 2);
    let full = pacer.push(0, 1, 77).unwrap_err();
    assert_eq!(full.frame, 77);
    assert!(full.to_string().contains("2 frames already wait"));
    pacer.pop_due(0).unwrap();
    pacer.push(0, 1, 77).unwrap();
}

#[test]
fn memory_is_bounded_over_a_long_call() {
    let mut pacer = Pacer::new(PacerConfig::default());
    for reply in 0..1000 {
        let now_ms = reply * 1000;
        push(&mut pacer, now_ms, reply, 10);
        pop_all(&mut pacer, now_ms);
        if reply % 3 == 0 {
            pacer.clear(now_ms + 50);
        }
    }
    assert!(pacer.heard.len() <= REPLIES_REMEMBERED_MAX && pacer.stretches.len() < 20);
    // A recent reply is remembered, an old one forgotten.
    assert_eq!((pacer.played_ms(990, 1_000_000), pacer.played_ms(3, 1_000_000)), (50, 0));
}
