"""Collects Spanish or Hindi lines without figures, for synthetic voices to speak.

    python texts_other.py TEXT_FOLDER es|hi COUNT > lines.txt

Small talk of chatterbot-corpus, what agents say (here), and lists of dictionary words for rare sounds.
"""

import glob
import random
import re
import sys

AGENT = {
    "es": """Buenos días, gracias por llamar.|¿En qué puedo ayudarle hoy?|Un momento, por favor.|Su cuenta está bloqueada.|¿Me puede decir
su número de teléfono?|La cita es el martes a las cuatro y media de la tarde.|El saldo de su cuenta es de doscientos treinta y cinco euros con
veinte céntimos.|Lo siento mucho, no he entendido lo que ha dicho.|¿Podría repetirlo, por favor?|Perfecto, ya está hecho.|Su pedido llegará
mañana por la mañana.|¿Quiere usted hablar con una persona?|Le voy a pasar con mi compañero.|Muchas gracias, que tenga un buen día.|Hasta luego.|
La tarjeta termina en cero siete nueve uno.|¿Es correcto?|Sí, claro.|No se preocupe, señora García.|Estamos abiertos de lunes a viernes, de nueve
a seis.|El señor Rodríguez vive en la calle Mayor, número diecisiete.|Necesito su fecha de nacimiento.|El billete cuesta mil quinientos pesos.|
Jorge y Guillermo llegaron en un coche rojo.|El perro del vecino ladra toda la noche.|Llueve mucho en el valle.|El niño pequeño quiere agua.|
Vamos a cambiar la contraseña.|¿Ha recibido el correo electrónico?|Déjeme comprobarlo.|Tres, cinco, ocho, dos, seis, nueve.""",
    "hi": """नमस्ते, मैं आपकी क्या मदद कर सकती हूँ?|कृपया एक मिनट रुकिए।|आपका खाता बंद कर दिया गया है।|आपका फ़ोन नंबर क्या है?|धन्यवाद, आपका दिन शुभ हो।|
माफ़ कीजिए, मैं समझ नहीं पाई।|क्या आप फिर से बोल सकते हैं?|आपके खाते में दो हज़ार तीन सौ पचास रुपये हैं।|आपकी मुलाकात मंगलवार को शाम चार बजे है।|
आपका ऑर्डर कल सुबह तक पहुँच जाएगा।|क्या यह सही है?|जी हाँ, बिल्कुल।|मैं आपको हमारे साथी से जोड़ रही हूँ।|कार्ड का आख़िरी अंक क्या है?|
हमारा दफ़्तर सोमवार से शुक्रवार तक खुला है।|घर के बाहर बहुत ठंड है।|बच्चे बगीचे में खेल रहे हैं।|डॉक्टर ने दवा लिखी है।|ट्रेन ठीक समय पर आई।|
भारत एक बड़ा देश है।|मुझे चाय और बिस्कुट पसंद हैं।|एक, दो, तीन, चार, पाँच, छह, सात, आठ, नौ, दस।|गाड़ी सड़क पर खड़ी है।|झील का पानी साफ़ है।|
उसने ढोल बजाया और सब नाचने लगे।|छोटी लड़की पढ़ रही है।|मेरी जन्म तारीख़ पंद्रह अगस्त है।|पैसे कब तक मिलेंगे?|आप चिंता मत कीजिए।"""}
FOLDERS = {"es": "spanish", "hi": "hindi"}
WORDS = {"es": "wikipron_spa_latn_la_broad.tsv", "hi": "wikipron_hin_deva_broad.tsv"}


def small_talk(folder, language):
    for path in sorted(glob.glob(f"{folder}/dialogue/chatterbot/chatterbot_corpus/data/{FOLDERS[language]}/*.yml")):
        for line in open(path, encoding="utf-8"):
            yield re.sub(r"^[\s-]+", "", line).strip().strip("'\"")


def main():
    folder, language, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    rng = random.Random(5)
    latin = language == "es"
    allowed = r"[a-záéíóúüñA-ZÁÉÍÓÚÜÑ ,.?!¿¡;]{8,110}" if latin else r"[\u0900-\u0963\u0970-\u097F ,.?!।]{6,110}"
    talk = sorted({t for t in small_talk(folder, language) if re.fullmatch(allowed, t)})
    words = [row.split("\t")[0] for row in open(f"{folder}/rules/g2p/{WORDS[language]}", encoding="utf-8")]
    letters = r"[a-záéíóúüñ]{3,11}" if latin else r"[\u0900-\u0963\u0970-\u097F]{2,11}"
    words = sorted({w for w in words if re.fullmatch(letters, w)})
    lines = [s.replace("\n", " ").strip() for s in AGENT[language].split("|")] + talk
    rng.shuffle(lines)
    lines = lines[: count * 2 // 3]
    while len(lines) < count:
        lines.append(", ".join(rng.sample(words, 2)) + " " + " ".join(rng.sample(words, 3)) + ".")
    rng.shuffle(lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
