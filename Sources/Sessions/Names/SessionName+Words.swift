extension SessionName {
    /// The champions of League of Legends: lower case, letters only.
    static let champions = words("""
        aatrox ahri akali akshan alistar ambessa amumu anivia annie aphelios ashe aurelionsol aurora azir bard belveth
        blitzcrank brand braum briar caitlyn camille cassiopeia chogath corki darius diana draven drmundo ekko elise
        evelynn ezreal fiddlesticks fiora fizz galio gangplank garen gnar gragas graves gwen hecarim heimerdinger hwei
        illaoi irelia ivern janna jarvaniv jax jayce jhin jinx kaisa kalista karma karthus kassadin katarina kayle kayn
        kennen khazix kindred kled kogmaw ksante leblanc leesin leona lillia lissandra lucian lulu lux malphite malzahar
        maokai masteryi mel milio missfortune mordekaiser morgana naafiri nami nasus nautilus neeko nidalee nilah nocturne
        nunu olaf orianna ornn pantheon poppy pyke qiyana quinn rakan rammus reksai rell renata renekton rengar riven
        rumble ryze samira sejuani senna seraphine sett shaco shen shyvana singed sion sivir skarner smolder sona soraka
        swain sylas syndra tahmkench taliyah talon taric teemo thresh tristana trundle tryndamere twistedfate twitch udyr
        urgot varus vayne veigar velkoz vex vi viego viktor vladimir volibear warwick wukong xayah xerath xinzhao yasuo
        yone yorick yunara yuumi zac zed zeri ziggs zilean zoe zyra
        """)

    static let adjectives = words("""
        able amber bold brave brief bright brisk calm clear clever cool coral crisp dapper deft eager early easy fair fast
        fine firm fond frank free fresh gentle glad golden grand green happy hardy honest humble jolly keen kind late
        light lively loyal lucky mellow merry mild neat nimble noble plain polite proud quick quiet rapid ready rosy royal
        sharp shy silent silver simple smart smooth snug solid steady still strong sunny sure swift tidy tiny vivid warm
        wary wild wise witty young
        """)

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
