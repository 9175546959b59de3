#!/bin/sh
# Speaks Spanish or Hindi lines with Debian's synthesisers: speak_other.sh LINES.txt es|hi FOLDER > LIST.tsv
# Spanish: SVOX Pico's voice and two of espeak-ng's. Hindi: festival's voice NSK and two of espeak-ng's.
set -eu
mkdir -p "$3"
number=0
while IFS= read -r line; do
  name=$(printf '%s/%05d' "$3" "$number")
  case $2 in
    es) if [ $((number % 10)) -lt 8 ]; then voice=pico_es; pico2wave -l es-ES -w "$name.wav" "$line"
        elif [ $((number % 2)) = 0 ]; then voice=espeak_es; espeak-ng -v es-419 -s 150 -w "$name.wav" "$line"
        else voice=espeak_es_f; espeak-ng -v es-419+f3 -s 150 -w "$name.wav" "$line"; fi ;;
    hi) if [ $((number % 10)) -lt 8 ]; then voice=nsk_hi
        festival -b "(voice_hindi_NSK_diphone)" "(utt.save.wave (SynthText \"$line\") \"$name.wav\" 'riff)" >/dev/null 2>&1 || true
        elif [ $((number % 2)) = 0 ]; then voice=espeak_hi; espeak-ng -v hi -s 150 -w "$name.wav" "$line"
        else voice=espeak_hi_f; espeak-ng -v hi+f3 -s 150 -w "$name.wav" "$line"; fi ;;
  esac
  printf '%s.wav\t%s\t%s\n' "$name" "$voice" "$line"
  number=$((number + 1))
done < "$1"
