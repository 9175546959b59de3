//! `hearsay transcribe` and `hearsay eval` as a user meets them.

mod common;

use common::{Scratch, ScratchFolder, example, hearsay, refuses, stderr, stdout};
use hearsay_audio::wav::{self, DataLength, SampleFormat};
use serde_json::Value;

/// The bank's caller, 8 kHz.
fn caller() -> wav::Wav {
    wav::read(&std::fs::read(example("lost-card.wav")).unwrap()).unwrap()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("no {key} in {value}"))
}

#[test]
fn a_growing_transcript_keeps_its_promises() {
    let output = hearsay(&["transcribe", &example("lost-card.wav"), "--stream", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let events = json_lines(&stdout(&output));
    let length_ms = caller().duration_ms();
    let (mut sequence, mut last_end_ms, mut finals) = (0, 0, 0);
    let mut shown: Vec<(String, usize)> = Vec::new();
    for event in &events {
        let (start_ms, end_ms) = (number(event, "start_ms"), number(event, "end_ms"));
        assert!(start_ms <= end_ms && end_ms <= length_ms + 100, "{event}");
        let text = event["text"].as_str().unwrap();
        if event["type"] == "interim" {
            assert!(number(event, "sequence") > sequence, "{event}");
            sequence = number(event, "sequence");
            // Nothing is said of an utterance after its final.
            assert!(end_ms > last_end_ms, "{event} after {last_end_ms}");
            shown.push((text.to_string(), number(event, "stable") as usize));
            continue;
        }
        assert_eq!(event["type"], "final");
        finals += 1;
        let raw = event["raw"].as_str().unwrap();
        for (text, stable) in shown.drain(..) {
            let stable = text.get(..stable).expect("whole characters");
            assert!(raw.starts_with(stable), "`{stable}` was stable, then `{raw}`");
        }
        let words = event["words"].as_array().unwrap();
        let spoken: Vec<&str> = words.iter().filter_map(|word| word["word"].as_str()).collect();
        assert_eq!(spoken.join(" "), raw);
        let mut at_ms = start_ms.saturating_sub(400);
        for word in words {
            let (start_ms, word_end_ms) = (number(word, "start_ms"), number(word, "end_ms"));
            assert!(at_ms <= start_ms && start_ms <= word_end_ms, "{event}");
            assert!(word_end_ms <= end_ms + 700, "{event}");
            at_ms = start_ms;
        }
        last_end_ms = end_ms;
    }
    assert!(finals >= 4, "the caller has four turns: {events:?}");
    assert!(sequence >= 4, "{events:?}");
}

#[test]
fn every_kind_of_wav_is_heard_alike() {
    let caller = caller();
    let turn = &caller.samples[..caller.samples.len().min(8000 * 5)];
    let stereo: Vec<f32> = turn.iter().flat_map(|sample| [*sample, 0.0]).collect();
    let mut float = wav::header(SampleFormat::Float { bits: 32 }, 1, 8000, DataLength::Unknown);
    float.extend(turn.iter().flat_map(|sample| sample.to_le_bytes()));
    let files = [
        ("int.wav", wav::write_pcm16(turn, 1, 8000)),
        ("float.wav", float),
        ("stereo.wav", wav::write_pcm16(&stereo, 2, 8000)),
    ];
    let mut texts = Vec::new();
    for (name, bytes) in &files {
        let file = Scratch::new(name, bytes);
        let output = hearsay(&["transcribe", file.path(), "--json"]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let whole: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let is_call = name == &"stereo.wav";
        for utterance in whole["utterances"].as_array().unwrap() {
            assert_eq!(utterance.get("channel").is_some(), is_call, "{whole}");
            assert!(!is_call || utterance["channel"] == 0, "the right channel is silent");
        }
        texts.push(whole["text"].as_str().unwrap().to_string());
    }
    assert!(!texts[0].is_empty());
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0], texts[2]);
}

#[test]
fn audio_without_words_is_an_empty_transcript() {
    let mut broken = wav::header(SampleFormat::Float { bits: 32 }, 1, 16_000, DataLength::Unknown);
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 0.0];
    broken.extend(odd.iter().cycle().take(16_000).flat_map(|sample| sample.to_le_bytes()));
    let files = [
        ("silence.wav", wav::write_pcm16(&[0.0; 24_000], 1, 8000)),
        ("one.wav", wav::write_pcm16(&[0.5], 1, 44_100)),
        ("nan.wav", broken),
        ("odd-rate.wav", wav::write_pcm16(&[0.0; 11_025], 1, 11_025)),
    ];
    for (name, bytes) in &files {
        let file = Scratch::new(name, bytes);
        let output = hearsay(&["transcribe", file.path(), "--json"]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let whole: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(whole["text"], "", "{name}: {whole}");
    }
}

#[test]
fn a_bad_file_does_not_stop_the_next() {
    let letter = Scratch::new("letter.wav", b"Dear reader, this is no recording.");
    let silence = Scratch::new("quiet.wav", &wav::write_pcm16(&[0.0; 8000], 1, 8000));
    let output = hearsay(&["transcribe", letter.path(), silence.path(), "no-such.wav"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
    for part in [letter.path(), "not a WAV file", "no-such.wav", "existing"] {
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
    refuses(&["transcribe", letter.path(), "--model", "no-such-folder"], &["no-such-folder"]);
}

#[test]
fn subtitles_have_numbers_and_times() {
    let file = example("lost-card.wav");
    let srt = stdout(&hearsay(&["transcribe", &file, "--format", "srt"]));
    assert!(srt.starts_with("1\n00:00:0"), "{srt}");
    assert!(srt.contains(" --> 00:00:"), "{srt}");
    let vtt = stdout(&hearsay(&["transcribe", &file, "--format", "vtt"]));
    assert!(vtt.starts_with("WEBVTT\n\n00:00:0"), "{vtt}");
}

#[test]
fn recognition_is_scored_by_group() {
    let folder = ScratchFolder::new("asr");
    folder.write("a-1.wav", &std::fs::read(example("lost-card.wav")).unwrap());
    folder.write("b-1.wav", &wav::write_pcm16(&[0.0; 8000], 1, 8000));
    folder.write("reference.tsv", b"a-1.wav\thello\nb-1.wav\tone two three four\n");
    let output = hearsay(&["eval", "asr", folder.path(), "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let silent = &report["groups"]["b"];
    assert_eq!((&silent["deletions"], &silent["words"]), (&4.into(), &4.into()), "{report}");
    assert_eq!(silent["word_error_rate"], 100.0);
    assert_eq!(report["all"]["words"], 5);
    assert_eq!(report["stable_text_changed"], 0);
    assert!(report["final_after_endpoint_ms"]["count"].as_u64() >= Some(4), "{report}");
    let table = hearsay(&["eval", "asr", folder.path(), "--codec", "mulaw", "--show", "1"]);
    let table = stdout(&table);
    for part in ["WER %", "real-time factor", "endpoint to final", "one two three four"] {
        assert!(table.contains(part), "no `{part}` in: {table}");
    }
}

/// Where 8 kHz samples are loud, ms, pauses of under 300 ms left in: near enough to where speech is.
fn loud(samples: &[f32]) -> Vec<[usize; 2]> {
    let mut stretches: Vec<[usize; 2]> = Vec::new();
    for (at, frame) in samples.chunks(160).enumerate() {
        if frame.iter().all(|x| x.abs() <= 0.03) {
            continue;
        }
        let (start, end) = (at * 20, at * 20 + 20);
        match stretches.last_mut() {
            Some(last) if start < last[1] + 300 => last[1] = end,
            _ => stretches.push([start, end]),
        }
    }
    stretches
}

#[test]
fn voice_activity_is_scored() {
    let folder = ScratchFolder::new("vad");
    let caller = caller();
    let first = &caller.samples[..8000 * 6];
    folder.write("voice.wav", &wav::write_pcm16(first, 1, 8000));
    folder.write("quiet.wav", &wav::write_pcm16(&[0.0; 16_000], 1, 8000));
    let lines = format!(
        "{{\"audio\": \"voice.wav\", \"speech\": {:?}}}\nquiet.wav\t\tsilence\n",
        loud(first)
    );
    folder.write("list.tsv", lines.as_bytes());
    let output = hearsay(&["eval", "vad", &folder.file("list.tsv"), "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let rows = report["hearsay"].as_array().unwrap();
    let all = rows.iter().find(|row| row["group"] == "all").unwrap();
    assert!(all["roc_auc"].as_f64() > Some(0.95), "{report}");
    assert_eq!(all["onsets_missed"], 0, "{report}");
    assert_eq!(rows.iter().find(|r| r["group"] == "silence").unwrap()["roc_auc"], Value::Null);
}

#[test]
fn written_numbers_are_scored_by_class() {
    let cases = "twenty five dollars~$25\nseven dollars\t$8\n";
    let money = Scratch::new("money.txt", cases.as_bytes());
    let output = hearsay(&["eval", "itn", money.path(), "--show", "3"]);
    let table = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in ["money", "50.0", "seven dollars", "wanted  $8", "got     $7"] {
        assert!(table.contains(part), "no `{part}` in: {table}");
    }
    let json = stdout(&hearsay(&["eval", "itn", money.path(), "--json", "--limit", "1"]));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&report["cases"], &report["right"]), (&1.into(), &0.into()), "{report}");
}

#[test]
fn bad_manifests_name_file_line_and_cure() {
    let folder = ScratchFolder::new("bad");
    let path = folder.file("list.tsv");
    for (command, text, parts) in [
        ("asr", "only-a-name.wav\n", vec!["list.tsv:1", "AUDIO<TAB>TEXT"]),
        ("asr", "\n\n", vec!["list.tsv", "no lines"]),
        ("asr", "no-such.wav\thello\n", vec!["no-such.wav", "existing"]),
        ("asr", "x.wav\thello\tg\t5\t2\n", vec!["list.tsv:1", "no part"]),
        ("asr", "{\"audio\": \"x.wav\"}\n", vec!["list.tsv:1", "text"]),
        ("vad", "x.wav\t5\n", vec!["list.tsv:1", "START-END"]),
        ("vad", "x.wav\t50-20\n", vec!["list.tsv:1", "no length"]),
        ("itn", "no tilde here\n", vec!["list.tsv:1", "SPOKEN~WRITTEN"]),
    ] {
        folder.write("list.tsv", text.as_bytes());
        refuses(&["eval", command, &path], &parts);
    }
    refuses(&["eval", "asr", "no-such-list.tsv"], &["no-such-list.tsv", "existing"]);
    folder.write("list.tsv", b"\xFF\xFE\x00");
    refuses(&["eval", "itn", &path], &["list.tsv", "UTF-8"]);
    refuses(&["eval", "vad", &path, "--threshold", "7"], &["--threshold 7"]);
}
