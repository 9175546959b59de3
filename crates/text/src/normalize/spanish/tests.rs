use crate::language::Language;
use crate::normalize::normalize_text_in;

#[test]
fn speaks_written_text() {
    for (written, spoken) in [
        ("", ""),
        (
            "Su saldo es de $1,250.50.",
            "Su saldo es de mil doscientos cincuenta dólares cincuenta centavos.",
        ),
        ("Vence el 15/03/2026.", "Vence el quince de marzo de dos mil veintiséis."),
        ("El 1 de mayo de 1999", "El primero de mayo de mil novecientos noventa y nueve"),
        (
            "a las 14:05 o a las 9:30 p.m., sí",
            "a las catorce y cinco o a las nueve y media de la noche, sí",
        ),
        ("Llame al 55 1234 5678", "Llame al cinco cinco uno dos tres cuatro cinco seis siete ocho"),
        ("tarjeta terminada en 4821", "tarjeta terminada en cuatro ocho dos uno"),
        (
            "21 personas y 1 niño en 200 páginas",
            "veintiuna personas y un niño en doscientas páginas",
        ),
        (
            "50 %, 3,5 km y -5 °C",
            "cincuenta por ciento, tres coma cinco kilómetros y menos cinco grados Celsius",
        ),
        ("Felipe VI, siglo XXI, EE. UU.", "Felipe sexto, siglo veintiuno, Estados Unidos"),
        ("El Sr. Paz y Ud., p. ej.", "El señor Paz y usted, por ejemplo"),
        ("3-5 días por 19,99 €", "tres a cinco días por diecinueve euros noventa y nueve céntimos"),
        ("1.000.000 de pesos, US$ 20", "un millón de pesos, veinte dólares estadounidenses"),
        ("ana@gmail.com", "a n a arroba gmail punto com"),
        ("1/2, 2/3 y 3/200", "un medio, dos tercios y tres ducentésimos"),
        ("2.º piso, 3.ª vez", "segundo piso, tercera vez"),
        ("१२ y 五", "uno dos y 五"),
    ] {
        assert_eq!(normalize_text_in(written, Language::Spanish), spoken, "{written:?}");
    }
}
