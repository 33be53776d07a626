package ottutest
import ("testing";"net/http";"strings";"io")
func TestX(t *testing.T){
 s:=NewServer(); defer s.Close()
 for _,c:=range []*http.Client{http.DefaultClient,{Transport:s.Transport()}} {
 for _,f:=range []Fault{{},{Drop:true,Times:1},{Body:BodyTruncated,Times:1}} {
 s.Break(f)
 r,_:=http.NewRequest("POST",s.URL+PathPaymentMethods,strings.NewReader(`{"plugin":"e_commerce","currencies":["KWD"],"type":"production"}`))
 r.Header.Set("Content-Type","application/json"); r.Header.Set("Authorization","Api-Key "+s.APIKey())
 a,err:=c.Do(r); if err!=nil {t.Log(err);continue}
 b,err:=io.ReadAll(a.Body); t.Log(a.Status,a.ContentLength,len(b),err,string(b[:min(len(b),1500)])); t.Log(a.Header)
 s.Heal()
 }}
}
