extension TextTally {
    /// How likely a token begins between two ASCII bytes, in 63rds: at the first byte times 128 plus
    /// the second. Other control characters count as a newline.
    static let boundaryTable: [UInt8] = {
        let rows = boundaryText.split(separator: "\n").map { Array($0.utf8) }
        let places = (0..<128).map { byte in
            switch byte {
            case 0x09: 1
            case 0x20..<0x7F: byte - 0x20 + 2
            default: 0
            }
        }
        return places.flatMap { first in
            places.map { second in rows[first][second] - UInt8(ascii: "0") }
        }
    }()

    /// A line for each first byte and in it a character for each second: newline, tab, space to tilde.
    /// The character's code less that of `0` is the likelihood in 63rds.
    ///
    /// Measured on 4 MB of manuals, source code, JSON and the output of commands with the public
    /// vocabularies of cl100k_base, o200k_base and Qwen 3.
    private static let boundaryText = #"""
        0oo[oonohonnooiooeoooooooooolfonoboooooooooonoooooonoooooononomkhooooooooonomooooooloooooomnnoooi
        0Y3=lnnkbinhol=kloooonommnnho=m=[fnJM?VmV9H73C]33QI[EU390;=[5[f[=o=?E614>1D3@=\01f35413=810[blnn[
        0n:000000000000000oooooooooo000000000000000000000000000000000000100000000000000000000000000000000
        E=o??h2b==26[=11TSnj==========24=[=[=lfb==[===b==bb=n=[k[[===6X=b=kmffnmmblm==lfklk=nmn[fj[=====[
        Elo_3BY09FL2I=0518ooonmnmmnm03Dh0>FooooooooonoooonomoooooomnfUQ1XVLooooooooomnooooonooooooonkM]38
        F[o6:09K=G[ij=Lh0Yfoooooonnn5==C=i=hjmj=hh====b===b===i==f===0_b=3=ilg6Dmnf===lobiUbmmnZ=Sl==5[==
        C[o=`bbkbl0l[===FJomi[=h==f=[=====[[k===lbf[[=ji=jn==k=bl=k===[==2=mnig[jiflj=nbkXn[oCf[mb==[0i==
        D[o=Ca=6k=FWk=5G>bnnookmihbbh=5[===bD[=im=\[==fh=mn==_[===ckif=k=i=nfghnHb[jl=om=f_=ofko==K=m1[C=
        E[obl2==0eAH==[[[=h[m=======[[=Kb==f[jibj==l[[jmblj=f[^[[==[=[jh=f=jhkbk[T[h==\=nk[SbmdCkf[[==[=[
        EnokD1B38>J1FE065?mnkhmf[b=b01;RD<9nnnnonnm_=[mnnnnjmjlnimi[iM31MBllnolcoonhhnamnmombKNgjmnlm1R;9
        E=o00303111002b0O4oooonnkmnl?583iaG\WHZRI_PXlVGTP_Oe]_PWHi5kb3I[Q22SAGEP:FjNBEJ=BHDJU<JLKZAZH0;=5
        EmoBB`[37K50CK0809[=========10M3eS=======V=b==[==o==[=b[====bAS5=1M=himff[====f==[k=Tbl====[==ZJ=
        Fno1eUnb3ZT51hKNE0kmnlkkb[[=MmRN1m=KKimnhk[ml=_lnjm=lnn[lbB[[bNb=5moknonnnmn=knnmonfnonnjnD00hnf=
        Eho=EB>b=EdNn2U_BLoonnnnnnnnh0=1=nbgQZNJQhbk[ibfmbhhfifh[=bbf?f;=b=^5hongmGg6HSacmhlb`ajO33?Ljlf=
        Eoo51jN@5A4P57HF3]ooononnnmn==C=[i\h=2iU1UKZ5b=HKh[==kUal=5==i:[=S=Tm`XZkUi]1nSbBLX1fEXKdNDC[3=lf
        G=onM^9On?HX?k119RoooooooooofW[Y2ln^QaY`=NOOS6;?I]^QUABTND^=1Y^o=DjG4:9C:F<@6=5=<F9X?;8LD:2H25kb=
        Ejo=>01:=F;>;Y560=ooooooooooa215f_G2034514241403191J3:31211511P^=1F?5359831756767453658;AF01B5Kig
        E[o7M=:3[AaR8RT:20oooonnnnnnCa9e1JcVR^b]Y]bZ>K>RZB\>W[cH[X95;B\nF2me8M\]C`aLJMC=:\HFLXN]EY35G1bn2
        ooolofhn=nnoknooooNNKMNQPPPNoonfnf[oonnnomknljllmiimmlkmkhlmnino[onoooooonlifjmlmmlihollhlojmblol
        ooofolnjhonomnooooJHHLJMJLNKoonfojkooonoo[ljhmmlikklnmnnilfklnno=onoooooomkhkjlhkmohiljlillilkfon
        ooohofnnhononnooooILRROORLLLono=ok[onnnonlnjlikklnflkmhmnmhllmno=onoooooojnnhnnlmmnkknnonlohm=io[
        ooobo[nfbnlolmooooLMJNRMNLNKofm=n[bnnononhflmlnmjmlinlbnmbbhkjmn=omooooookhb[[nbflilhm=kkkkii=jn[
        ooo=o=jjfnnolnooooLOLKNNQPPQomn[njbnnnmonmnm[mikkbhlllnkmnliillo=omoooooombkfkmbkmhkfmhfmmofm=joi
        ooo=n=[==nkoknooonNLNNNMMNPPojm=mk[nmnmnnjklfkjmibhkbkikhlhjfmmn=kkooooooijhmfljn[llbnllkfnhm=hn=
        ooo=o=hl=nmoilooooOPQMHMMPOMoin=nifnlnmnnjb=[blmbhnhknhiklb[iimo=omoooooonmohkbhhhnmmninniokl=in=
        ooo=n====mlobkooonLOOPPNQLMNo[m=mh=nmnnonbfljfmmilfmhfjib[k[f=kn=jmoooooomlofif[[h[[=b[bijmfh=[nh
        ooo=o[=mkonokkooonMNQNNQKPPOoknmohbonnlnmhbhb[hiljjffmkkkbk[b=nn=oloooooonlobhijbmjifnfklnoim=hn=
        ooohn==h=nlo[nooonTQPNPPUPNPohmhjbhnnnnomfhmbflibfljiiiknfff==no=omoooooojiifkil=iifhmmnnmhlk=[f=
        EooE1f<3^5Rj>1[>R0ooooooonnn0fL5=;=lhbhmj[mo[nmmnmn=ommnn[=[b4?J=<1n^hb\k_\jBRXg_ilkm_jknflb=3l=2
        Emo=7=3R0ia9N=1224==========i02i==[[=[=======bo=j=b===nl=====[;f==[21`=lj=bT==hi9h3bnk`=mh25=b[F=
        Jko4j==@=j0b=[bZ=0ljkhlff[b[==0<9=[GLYiDj[[n[5FlX]a[SW8f14==[5[==f=flmnnimnnlllkonm=omfYPolhff==[
        L=o;03=0117jMnmOl5noonnnnnnl5=510==^iUYf5ffk=ifQ5nb[ld7fib5[f01hf4[```LON`SJM1XC>Eb=BOTeYcS170[=0
        EnobGa0a0?15Z[0C9Thonnnnnkmk03021bURblfimhkj[5cjbm`bglAmil=7=MJD[aPljmjljmkm==ll]fnicfjnjdH==K5J[
        Ebo;I[:=iWDA[=0k<`f=========8=ac3<jb=======[====[[b===[j=====WHd===jff=[m======bb[=U[mWki[b==[c=[
        Y=n=D=ll=k8=b[=mhf==h====[==j==b[=2=n==[nn=====b=[==ln[===b==5fmh:=onnokn?fobbnfnlm=oennkmh=[Z=[=
        ono=o==fbmknnnoommnoonnnnoonnf[fb=kE135R;0Y=L@100Z2]080@2<00Ibln=ong;50f:8ReIG220U1n62053<R[?=[==
        nno=o==b=klnnkmmimnnnnnnnnnmni=kb[=MAIMJbQVJ3c9PFMLiRFPIiaL5i[kf=om9gca5mEb;fe2_N6ck5Y\6mkd0m==bb
        ooo=o[=m[noofnnnnmnooooonnnnnm[fh===K8L4>E4Hl0@GQ3AfF82AAYa4i==j=ol7M_E4Zj0Vmm1La0e=7N;4knk?k==b[
        ooo=o==fbnno=honnnnmmnmnmnnmnlknm[h?5K51A@XGO3H9D><d>D>COHO6g[mn=on24be4_na>Uld`\6aj6QB3ljbNd==h=
        ooo=o==j=noohiooomooonnnnnnnnninm==KE93G?7ebn`=51EGD0;3bCE03O=mn=ok9X]:aEbbIcQ5K0mT31>QK2n0J\=bk[
        noo=l==m=bon=ilnmmonnnnnmnnmmlff=[=?FCWR2BVDlM;NL5]nDN6IkG>7mljn=ol8fAC4=`j7lf7cO1Zk3Zb6kcQin==k=
        o[o=n======n[injnjlmmkllf[lnnkjl==[L7AW7II7Kld1D7BOn5;RQA`?al=bm=oj3AlX2jmi7dhDkk9`f1=<5[emak====
        ojo=n====l=m=hmlblkmjnmjlbjkm=bi=b=<UaQ2`XIS`8O`M8>WNY0VC63`:==k=oi4flf3iSk>flkij43hZe2>i]U41=[b[
        n[o=mf===glnbknnnnlnmm=ibibbnin[j==B100631O@I;00024A210>8S0b1=hl=obZf?0d1Bld^B<00c3bG21bZaC`^===[
        f=m=[=====b==h[=mjnlkjfi[[bf======bYHH^5kfmL18bIh43nP2QY28hmj====b[3kihD=kc`flel`4mfb5k7lSffm===[
        nmo=n====hml=mnmfmllf[flbbl=m=[[===X@nj8U8VMk1bi4_BkSjgjmXfPjb=i=o=PZh_1kO9Bfbcm9QjbNdceZ^hMi=[[=
        ofo=n====mnn[inonnnmnnijilhbmmmmk=[?lSK1Fjk@jM3]h2UmONK>`dg=Q[bk=ol8cdh1D^b6]lec>2ebfMN9imb6k=fn[
        olo=n==[=khm=[nnmlmlnmnkljjjo=[k==[:BJA6]S8HHP5;iA:IT8JK^MLHg==m=of7Wgd6[_a9\`eim2NZM@g5dPc3c=[f=
        olo[n==m[knn[=nmnlnokmhfhbibnkhmf==Ch668>2eMN4=H?=Uk\T3A;fk1i[bn=ok2cfV6=J\I\ifKf2`f>>e3eiZOa[jn=
        nho=m====inlb=mlmhmi[k[bf[mhm[[kb==X6>1h4;TFQ6600T4m0642;1@Xkh[i=obd2<\i0aB=];CY0X1j2J:31?`^a====
        nbo=m==i=hknbhnlnmmlhknifikbn[=[h[==>@I4R=J8i:1BP3Ag362CSMZ6j[bm=of2b__2TG2Eb^1h_5ih1f13F^R4j==h=
        l[k=l====[[j=ki[fhnmnk[lhkkj===[===XPOjWnj^ihk0]VlB7?9C6]nlnk====m=dkafkkchUlmXmkhki`b=2kmkmm====
        oio=o====nno=fonnmnmmlmlffkfkbikl==?_9H4Q;c;\38C@2DN491QI:3;lkbn=om6Z_g0kk?<knfi]:Zck^Z6jfejl==b[
        ofo[olb==nmn[mononmononnmmnmojfnl==MKD91R=8Bb41E56?A_30CR1lE5kln=ok>Z:h2hn07_748:32DWb04d2m2L=[k[
        olo[o=[lnnno==onollnnlmlmbkbnjnno[=A`7E8FQ8Ab=>EJB7n8Y7GEF:8T=ln=ok6bQR3[m05hLa_i1<[3Kj<UE?0j=b==
        nbo====llbbm=onhmlnmlnilfjlik=bkb==J2N?7V0[5^9002`1m001HBc51f[=f=ohb5h\fZbU;jaNE1i3f117ESa^`]=b=[
        n[n=h====[jn==nfkhnnonmhiinjh[[m===:OWJ4aGeAi@ZGQ>[n;gBmT_cii==i=o[1h`k1[ii9l\hXi?^=_Rk\flm\g=[==
        o=n=k====[mm=bobkjnnbnknhfin=f[=h==CZj7L4@:8lCmR4A_m75HfbIZbm====n[6=bb3fl02hfm=b1d[5OgOhlfOi====
        njo=n==k=mli=hnolmimjbfoblljmb=l==fRd^nSVmTbnhb:hg>kHl6lZf31b==m=okk[m@glklk=mjbfmj=jjX?ikkbj==[[
        nio=n====kil=hnmmliknlm=fbbhjkjf[=[Dn;jckOiZl`8YBY1lX6KikUa0C==m=o=Qllh<jmfXili]Z1b[ha=Obliif====
        h=m=k=b==h=b=llmn=olmlifibjfb==[[=fUkmj9MgVBfhmmXIhh]abgl=?[0bbn=o=AfhZ8fkZRZbjc]<lfbibN]Zh`l=[nb
        E=nk2I=0;69=>W;5]1ooomhkbibo1=Fn=[@i^lnnmgfmmWh`ancijjen\n=b_1m4D6[hkfmdbmjJ?]^[Qaf[gI`[]J3h=;===
        E=mb4=gk[Mgmmm=oRGnhik===[==[=9=ii[==C========S[[=h==n=m==[=[m0nhMWnimnih[jb=[k[Q=ob]k`iinK=[nkn=
        Eko[D=J=f`34331_;0bb========1;>;fA=nnmn[b============[=======13FK=n==f[bb=fh=f[=bhh==bb[=====11I=
        P=f[jki[=jUN[==Uel=f[=======m=b[f=[==b[b======[==[[=[===[==[=3Y=;j[n[bi[[=l====[[=j==b==[====[===
        Ijo[]7S2f_6I?l1<6:ooonmmoh[bC11lN==7<5:82;45122=41CEH98E4=;C7YRf=0mF<;<:7@7H@44E9?C4;<6@T8?Q<1Um=
        F=o[jk;I=BaHm=0j?fnmllmnmlllJ<hB[ijnknnmmnml=bmnnln=nnnlhlh=[\]B=d7nooooonnnnknoononomnnnnmih_bX]
        onobob[=moooklooooooooooooooonmnombonojnnmmljmmkPmmfmdankonbhnhn=onF010K409110000?0C000200001=lj=
        nbo=o[=[=onok[nooooooooooooookfkn=bonolkmnmnlilikjkknjikjnnhhmnl=on5:II2Whd61V1QS4fj7AD3\Oh1lmllb
        ofo=ob=l[ooonlooooooooooooooonlon=inoomnmnmnbdmnnlnjoonnmkml[nmm=on3B2G2Fl08W01B:1Ua4803aJc3G=ll[
        ooolom[njooonnooooooooooooooooooojnflln]lonkknmonhnmmmlnnnnkkomo=oo7CF12D9Y4B5CKX29P9>E5?MA3Tnno[
        oookon[nnnooooooooooooooooooooooononkno_minknnnnbnknokkgmlX_Jooo=oo3830412@=c>110D81001<4201Iboo[
        ofo=o=mh=ooobhooomooooooooooonnok[[oinhlf[lmhkln\nlingllli=h=nho=om4JI;309Q1U76X52Qh2701KR42^bmn[
        omoiob=k[ooomnooookoolmnnmfhonnnonjonmolnnkmmnloloondoonlmknlmmn=on?BO`2X;13bj3<15gl44166YX92[mn=
        ofoionb[boooiioooonoonniofjhoooonmhojngnnminbnnldonkonnlnmflmmkm=on4dW=1^?N4eRH?92YC5;14lQa:Q[lm=
        o=oboh=[bmoofnoooolonojkololnmmnobinnmmjgmkmi]nmhHdllkgllklllkbo=ol4000000B13200000300080L0F0=ni[
        n=o=[====[bn[lnomk[fj=l[kf[=kkb[[==nkjfnifbhhbllhhjihi[hkf[mln=m=m=88L;1=lI;[aBki37iW0O3lcbNjf=h[
        ofofo===[ooojnooonlnlllhhfnfonnnlf[o]oonnnkoXjlnlmomonnmnfmlmhbn=olBJ[L4]37:cEVX8HUjW;HARGe:l=li=
        onomoo[nnoookjoooomonnhjifilonnoobjnnnnljkhomnnomlomnnlnnmblmoon=oo5AZ011LX5h;0SJ16f723376F0]inn[
        o[obol[lloooijoooomooiloonhmonnnomflmnmnjihomffnnlohnmnnneiklnln=om42e51W>]5mH32A42[l2>7bgW4m=km[
        omomoblimgoolnoooomonoihibjfooooonnoomollinonnonoojnnflnjnbinooo[oo6M21240>;M3>I45@dR1139c82Qmno=
        o[ofo==kknoommooooillkf[[lmfonnnmhhnnomo`llmWlZnmnnmn_helkifmmnn=om3110710@22100011V02002082Cbkh=
        omoio[==inoohloooonnollmmbmfoonnok[fnninnfngmmnnNnibnonhmlflnmim=on3NF<1e:18f>18M22V1306E=J7Yonm=
        m=ohn====[lm[fmknniml=bfojfh[lmb===mjhhjiijf[f[k==hlbh[f[bb=f=ml[n[5Kd6Ilj>6ik1;dbk4=Na0]Z1Nf=b==
        onolol[hlnoonloooononllnooolooooonnemdlannWkhmoekkobhnknnji[inno=oo6H230B1L4^2B211C=21162aM0Sino=
        ooonolinioooonooookononlllnkooooomimkennnnfkmnViVeononnnjgkklono[oo:Q9<1C;15e3;AO64>3304=4f6M[nnf
        onononhjnkoooooooonooomfo[obooooonngeiiV_o_inm]nfollhngkjnkklooo=oo5]3K2:X04mJA8H33g14269631@[oo[
        omo=n==[=ajnfbnooonoook=oboinlbnm==mfchk[=fmiimbfblifi]f[bjmnh=n=ni5020011G1;5000B0^000=?G098=kj[
        o[o[o=[==mnoknonnonooonnnlolomhlo=imjlkkh[fm=mkllofikkmkjbbllnfn=om2UKS0h2L4fX\7[8\fARUYGOj=j=jb=
        o[obof=fbmonllooonnmjnfffif=nklkfb[ocnoommfomhmnimlmmonnchkmlhnk=ol4jGA4hO233QK\11Fm63Vgm009W==b=
        o=o=o==nbnoonmooonooooooonononoolnncibYVOknomkGondokonnnnmjkjiln=om3H6A8CmR6jml:Lb4bof1`ni71fhbnb
        onofoif=[noonkoooojjoomiibmkonnool[omnoioonahmom]Woko`kh^mflnnln=onOSUKMj^j<e[58151h423_hAI4?kfnb
        omohnn===m=nmlmnnkobb[kbkflflb=l=[[QlkfnlbbmkbkOnl=mjhilbb[mmlln=nf?SXH2d]RBeK[L=;Whge9EjS[78=[[b
        Ebo]0b03=5S[=h=?Cfnonmnljbnb2f====5nljblhi=iblninmn=nk==[h==n=:==e=noonnnknnbnmmimn=nonmnl[b=418=
        EnoikV=Bh[Uk=UfWPbinmh=b====jbbSb==fh=fki[bb==mbmkf[l[jh[b===KX=Zh[kmnmnn[jefjmnelmbllmnkfhi=f0k=
        EhojC=03=:Y3O=8341==========:10i;2;m===f=h[k=[===============95f=h8==j=k===l==[[[=C=m=fbf==f=Y0Lk
        h=n=[h[==b====[==B=nnf=jb===[[====[[=k=f[=====[f=[====[=[=====fi=f=fh=nf=======i==h=f==[===[====4
        """#
}
