/* Speaks each line of stdin with one flite voice and writes what was spoken and when.
 *
 *   cc -O2 flite_dump.c -o flite_dump -lflite_cmu_us_slt -lflite_cmu_us_rms -lflite_cmu_us_awb \
 *      -lflite_usenglish -lflite_cmulex -lflite -lm
 *   ./flite_dump VOICE FOLDER [PHONES_ONLY] < lines.txt > segments.tsv
 *
 * FOLDER/NNNNN.wav is line N; stdout has one line a segment: line, phone, end in seconds, stress,
 * word number (-1 in a pause), word, punctuation after the word.  With a third argument no audio is made.
 */
#include <flite/flite.h>
#include <stdio.h>
#include <string.h>

cst_voice *register_cmu_us_slt(const char *);
cst_voice *register_cmu_us_rms(const char *);
cst_voice *register_cmu_us_awb(const char *);

static const char *safe(const char *text) { return text && *text ? text : "-"; }

int main(int argc, char **argv) {
    char line[4096], path[4096];
    if (argc < 3) return 2;
    flite_init();
    cst_voice *voice = !strcmp(argv[1], "slt")   ? register_cmu_us_slt(NULL)
                       : !strcmp(argv[1], "rms") ? register_cmu_us_rms(NULL)
                                                 : register_cmu_us_awb(NULL);
    for (int number = 0; fgets(line, sizeof line, stdin); number++) {
        line[strcspn(line, "\n")] = 0;
        cst_utterance *utt = flite_synth_text(line, voice);
        if (!utt) continue;
        if (argc == 3) {
            snprintf(path, sizeof path, "%s/%05d.wav", argv[2], number);
            cst_wave_save_riff(utt_wave(utt), path);
        }
        int word = -1;
        const cst_item *last = NULL;
        for (cst_item *s = relation_head(utt_relation(utt, "Segment")); s; s = item_next(s)) {
            const char *name = item_feat_string(s, "name");
            int pause = !strcmp(name, "pau");
            const cst_item *w = pause ? NULL : path_to_item(s, "R:SylStructure.parent.parent");
            if (w && w != last) { word++; last = w; }
            printf("%d\t%s\t%.4f\t%s\t%d\t%s\t%s\n", number, name, item_feat_float(s, "end"),
                   pause ? "0" : safe(ffeature_string(s, "R:SylStructure.parent.stress")), pause ? -1 : word,
                   pause ? "-" : safe(ffeature_string(s, "R:SylStructure.parent.parent.name")),
                   pause ? "-" : safe(ffeature_string(s, "R:SylStructure.parent.parent.R:Token.parent.punc")));
        }
        delete_utterance(utt);
    }
    return 0;
}
